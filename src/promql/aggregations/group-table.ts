/** Which group each input row belongs to, and the labels of each group, in order of appearance. */
import { EMPTY_LABELS, type Labels, labelsKey, METRIC_NAME } from "#model/labels.ts";
import { dropLabels, keepLabels } from "../columns/label-edit.ts";
import { inRowSlices } from "../columns/row-slices.ts";
import type { Pace } from "../pace.ts";

export interface GroupTable {
  readonly labels: readonly Labels[];
  readonly ofRow: Int32Array;
}

/** Cost of the group labels and key of a row, in cells. */
const KEY_UNITS = 96;

/** The groups met so far; rows come in any number of parts. */
export class GroupIndex {
  readonly #grouping: readonly string[];
  readonly #without: boolean;
  readonly #ordinals: Map<string, number> = new Map();
  readonly labels: Labels[] = [];

  constructor(grouping: readonly string[], without: boolean) {
    this.#grouping = grouping;
    this.#without = without;
  }

  /** The group of each row. */
  async add(rows: readonly Labels[], pace: Pace): Promise<Int32Array> {
    const ofRow = new Int32Array(rows.length);
    await inRowSlices(rows.length, KEY_UNITS, pace, (from, to) => {
      for (let row = from; row < to; row++) ofRow[row] = this.#ordinalOf(rows[row]!);
    });
    return ofRow;
  }

  #ordinalOf(row: Labels): number {
    const group = groupLabels(row, this.#grouping, this.#without);
    const key = labelsKey(group);
    let ordinal = this.#ordinals.get(key);
    if (ordinal === undefined) {
      ordinal = this.labels.length;
      this.#ordinals.set(key, ordinal);
      this.labels.push(group);
    }
    return ordinal;
  }
}

/** `without` always drops the metric name too. */
export function groupLabels(row: Labels, grouping: readonly string[], without: boolean): Labels {
  if (without) return dropLabels(row, [METRIC_NAME, ...grouping]);
  return grouping.length === 0 ? EMPTY_LABELS : keepLabels(row, grouping);
}
