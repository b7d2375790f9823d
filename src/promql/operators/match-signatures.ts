/**
 * Join signatures: rows of two vectors with equal values in the matching labels get the same
 * ordinal. Without `on`, the metric name never takes part.
 */
import { labelsKey, METRIC_NAME } from "#model/labels.ts";
import { dropLabels, keepLabels } from "../columns/label-edit.ts";
import type { SeriesMatrix } from "../columns/series-matrix.ts";
import type { VectorMatching } from "../parse/ast.ts";

export interface MatchSignatures {
  readonly count: number;
  /** Ordinal of each row. */
  readonly left: Int32Array;
  readonly right: Int32Array;
}

export function matchSignatures(
  left: SeriesMatrix,
  right: SeriesMatrix,
  matching: VectorMatching,
): MatchSignatures {
  const ordinals = new Map<string, number>();
  const names = matching.on ? matching.labels : [METRIC_NAME, ...matching.labels];
  const ordinalsOf = (matrix: SeriesMatrix): Int32Array =>
    Int32Array.from(matrix.labels, (labels) => {
      const joined = matching.on ? keepLabels(labels, names) : dropLabels(labels, names);
      const key = labelsKey(joined);
      let ordinal = ordinals.get(key);
      if (ordinal === undefined) ordinals.set(key, (ordinal = ordinals.size));
      return ordinal;
    });
  const leftOrdinals = ordinalsOf(left);
  const rightOrdinals = ordinalsOf(right);
  return { count: ordinals.size, left: leftOrdinals, right: rightOrdinals };
}

/** The rows of each ordinal. */
export function rowsByOrdinal(ordinals: Int32Array, count: number): number[][] {
  const rows: number[][] = Array.from({ length: count }, () => []);
  ordinals.forEach((ordinal, row) => rows[ordinal]!.push(row));
  return rows;
}
