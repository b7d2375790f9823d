/** A piece of query text of type instant vector, with what a larger piece must know about it. */

export type Content = "float" | "histogram" | "mixed";

export interface VectorTerm {
  readonly text: string;
  /** It can be an operand as it stands. */
  readonly isTight: boolean;
  /** Labels that tell its series apart, the name aside. */
  readonly labels: readonly string[];
  /** Labels some series have besides. */
  readonly extras: readonly string[];
  /** Its series have several names, without which they are not told apart. */
  readonly hasManyNames: boolean;
  readonly content: Content;
  /** Its last digits depend on how sums and powers are computed: no steps may follow, only slopes. */
  readonly isRough: boolean;
  /** Histograms among it may have negative counts, of which no quantile makes sense. */
  readonly isSigned?: boolean;
}

export function operand({ text, isTight }: Pick<VectorTerm, "text" | "isTight">): string {
  return isTight ? text : `(${text})`;
}

/** The same series with other values. */
export function remade(
  term: VectorTerm,
  text: string,
  {
    content = "float",
    isRough = term.isRough,
  }: Partial<Pick<VectorTerm, "content" | "isRough">> = {},
): VectorTerm {
  return { ...term, text, isTight: true, content, isRough };
}
