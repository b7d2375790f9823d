/** Holds the rows of an operator that never merges to being different series, part by part. */
import { type Labels, labelsKey } from "#model/labels.ts";
import type { Pace } from "../pace.ts";
import { duplicateSeriesError } from "../query-errors.ts";
import { inRowSlices } from "./row-slices.ts";

/** Cost of making and looking up the key of a row, in cells. */
const KEY_UNITS = 64;

export class DistinctRows {
  readonly #seen: Set<string> = new Set();
  #count = 0;

  async add(labels: readonly Labels[], pace: Pace): Promise<void> {
    await inRowSlices(labels.length, KEY_UNITS, pace, (from, to) => {
      for (let row = from; row < to; row++) this.#seen.add(labelsKey(labels[row]!));
    });
    this.#count += labels.length;
    if (this.#seen.size < this.#count) throw duplicateSeriesError();
  }
}
