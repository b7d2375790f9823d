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

export async function groupRows(
  rows: readonly Labels[],
  grouping: readonly string[],
  without: boolean,
  pace: Pace,
): Promise<GroupTable> {
  const ordinals = new Map<string, number>();
  const labels: Labels[] = [];
  const ofRow = new Int32Array(rows.length);
  await inRowSlices(rows.length, KEY_UNITS, pace, (from, to) => {
    for (let row = from; row < to; row++) {
      const group = groupLabels(rows[row]!, grouping, without);
      const key = labelsKey(group);
      let ordinal = ordinals.get(key);
      if (ordinal === undefined) {
        ordinal = labels.length;
        ordinals.set(key, ordinal);
        labels.push(group);
      }
      ofRow[row] = ordinal;
    }
  });
  return { labels, ofRow };
}

/** `without` always drops the metric name too. */
export function groupLabels(row: Labels, grouping: readonly string[], without: boolean): Labels {
  if (without) return dropLabels(row, [METRIC_NAME, ...grouping]);
  return grouping.length === 0 ? EMPTY_LABELS : keepLabels(row, grouping);
}
