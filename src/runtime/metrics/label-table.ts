/**
 * Label values of one metric family -> dense series number. The values of a series never change and
 * a series is never dropped, so numbers are stable indexes into the family's value columns. Label
 * values may come from outside (tenants, peers), so the count is bounded: what comes beyond shares
 * one series whose values all read "other".
 */
import { assert } from "#base/assert.ts";

/** Our own metrics stay a rounding error beside the data: 2,000 series are about 200 KiB of text. */
export const SERIES_PER_FAMILY_MAX = 2000;
const LABELS_PER_FAMILY_MAX = 8;
const OVERFLOW_VALUE = "other";

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

export class LabelTable {
  readonly names: readonly string[];
  readonly #indexes = new Map<string, number>();
  readonly #values: (readonly string[])[] = [];

  constructor(names: readonly string[]) {
    assert(
      names.length <= LABELS_PER_FAMILY_MAX &&
        new Set(names).size === names.length &&
        names.every((name) => LABEL_NAME.test(name) && !name.startsWith("__")),
      () => `metrics: got label names ${JSON.stringify(names)}, want at most 8 distinct valid ones`,
    );
    this.names = names;
  }

  get count(): number {
    return this.#values.length;
  }

  /** Number of the series with these values, issued on first use. */
  indexOf(values: readonly string[]): number {
    assert(
      values.length === this.names.length,
      () => `metrics: got ${values.length} label values, want ${this.names.length}`,
    );
    const key = JSON.stringify(values);
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    // The last series is kept for the overflow.
    if (
      this.count >= SERIES_PER_FAMILY_MAX - 1 &&
      values.some((value) => value !== OVERFLOW_VALUE)
    ) {
      return this.indexOf(this.names.map(() => OVERFLOW_VALUE));
    }
    const index = this.#values.push([...values]) - 1;
    this.#indexes.set(key, index);
    return index;
  }

  labelsOf(index: number): readonly (readonly [string, string])[] {
    return this.names.map((name, at) => [name, this.#values[index]![at]!] as const);
  }
}
