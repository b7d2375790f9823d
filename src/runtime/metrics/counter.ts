/** A number that only grows. Get one per label set, keep it, and add to it on the hot path. */
import { assert } from "#base/assert.ts";
import type { ValueColumn } from "./value-column.ts";

export class Counter {
  readonly #column: ValueColumn;
  readonly #index: number;

  constructor(column: ValueColumn, index: number) {
    this.#column = column;
    this.#index = index;
  }

  add(amount = 1): void {
    assert(amount >= 0, () => `metrics: counter got ${amount}, want 0 or more`);
    this.#column.values[this.#index]! += amount;
  }

  get value(): number {
    return this.#column.values[this.#index]!;
  }
}
