/** What became of the bodies of each class, for the tables and the shares that a run must reach. */

/** Every class must be at least this part of the bodies. */
export const CLASS_SHARE_MIN = 0.05;
/** At least this part must get past decompression. */
export const DECODED_SHARE_MIN = 0.3;

export class ClassCounts {
  readonly #classes = new Map<string, Map<string, number>>();
  #total = 0;
  #decoded = 0;

  add(mutation: string, outcome: string, isDecoded: boolean): void {
    const outcomes = this.#classes.getOrInsertComputed(mutation, () => new Map());
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    this.#total++;
    if (isDecoded) this.#decoded++;
  }

  get total(): number {
    return this.#total;
  }

  get decodedShare(): number {
    return this.#decoded / this.#total;
  }

  /** The share of the smallest class. */
  get leastShare(): number {
    return Math.min(...this.#classes.keys().map((name) => this.#bodies(name) / this.#total));
  }

  get lines(): string[] {
    return this.#classes
      .entries()
      .map(([name, outcomes]) => {
        const share = ((100 * this.#bodies(name)) / this.#total).toFixed(2);
        const parts = outcomes.entries().map(([outcome, count]) => `${outcome} ${count}`);
        return `  ${name.padEnd(18)} ${share.padStart(5)} %  ${[...parts].toSorted().join(", ")}`;
      })
      .toArray();
  }

  #bodies(name: string): number {
    return (
      this.#classes
        .get(name)
        ?.values()
        .reduce((sum, count) => sum + count, 0) ?? 0
    );
  }
}
