/**
 * Join signatures: rows of two vectors with equal values in the matching labels get the same
 * ordinal. Without `on`, the metric name never takes part.
 */
import { labelsKey, METRIC_NAME } from "#model/labels.ts";
import { dropLabels, keepLabels } from "../columns/label-edit.ts";
import { inRowSlices } from "../columns/row-slices.ts";
import type { SeriesMatrix } from "../columns/series-matrix.ts";
import type { Pace } from "../pace.ts";
import type { VectorMatching } from "../parse/ast.ts";

export interface MatchSignatures {
  readonly count: number;
  /** Ordinal of each row. */
  readonly left: Int32Array;
  readonly right: Int32Array;
}

/** Cost of the matching labels and key of a row, in cells. */
const KEY_UNITS = 96;

export async function matchSignatures(
  left: SeriesMatrix,
  right: SeriesMatrix,
  matching: VectorMatching,
  pace: Pace,
): Promise<MatchSignatures> {
  const ordinals = new Map<string, number>();
  const names = matching.on ? matching.labels : [METRIC_NAME, ...matching.labels];
  const ordinalsOf = async ({ labels }: SeriesMatrix): Promise<Int32Array> => {
    const ofRow = new Int32Array(labels.length);
    await inRowSlices(labels.length, KEY_UNITS, pace, (from, to) => {
      for (let row = from; row < to; row++) {
        const edit = matching.on ? keepLabels : dropLabels;
        const key = labelsKey(edit(labels[row]!, names));
        let ordinal = ordinals.get(key);
        if (ordinal === undefined) ordinals.set(key, (ordinal = ordinals.size));
        ofRow[row] = ordinal;
      }
    });
    return ofRow;
  };
  const leftOrdinals = await ordinalsOf(left);
  const rightOrdinals = await ordinalsOf(right);
  return { count: ordinals.size, left: leftOrdinals, right: rightOrdinals };
}

/** The rows of each ordinal. */
export function rowsByOrdinal(ordinals: Int32Array, count: number): number[][] {
  const rows: number[][] = Array.from({ length: count }, () => []);
  ordinals.forEach((ordinal, row) => rows[ordinal]!.push(row));
  return rows;
}
