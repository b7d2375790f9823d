/** A number that goes up and down. */
import type { ValueColumn } from "./value-column.ts";

export class Gauge {
  readonly #column: ValueColumn;
  readonly #index: number;

  constructor(column: ValueColumn, index: number) {
    this.#column = column;
    this.#index = index;
  }

  set(value: number): void {
    this.#column.values[this.#index] = value;
  }

  add(amount: number): void {
    this.#column.values[this.#index]! += amount;
  }

  get value(): number {
    return this.#column.values[this.#index]!;
  }
}
