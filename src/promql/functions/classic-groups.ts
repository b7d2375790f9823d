/**
 * Rows of an instant vector sorted into classic histograms (rows that agree in everything but `le`)
 * and native ones. A native histogram and classic buckets of the same metric and labels at the same
 * step exclude each other: neither is used there.
 */
import { type Labels, labelsKey, labelValue, METRIC_NAME } from "#model/labels.ts";
import { parseFloat64 } from "#model/parse-float.ts";
import type { TextRange } from "../annotations.ts";
import { dropLabels } from "../columns/label-edit.ts";
import { inRowSlices } from "../columns/row-slices.ts";
import { ABSENT, FLOAT, HISTOGRAM, type SeriesMatrix } from "../columns/series-matrix.ts";
import * as findings from "../findings.ts";
import type { ClassicBuckets } from "../histogram/classic-buckets.ts";
import type { VectorCall } from "./vector-call.ts";

const BUCKET_LABEL = "le";
/** Cost of the labels and key of a row, in cells. */
const KEY_UNITS = 128;

export interface ClassicGroup {
  /** Without `le`. */
  readonly labels: Labels;
  /** Rows in ascending order of their bounds. */
  readonly rows: readonly number[];
  readonly bounds: readonly number[];
}

export interface HistogramRows {
  readonly classic: readonly ClassicGroup[];
  /** Rows that hold a native histogram at some step. */
  readonly native: readonly number[];
}

/** Removes, with findings, what cannot be used from `matrix`, then sorts the rest. */
export async function groupHistograms(
  matrix: SeriesMatrix,
  { annotations, features, pace }: Pick<VectorCall, "annotations" | "features" | "pace">,
  place: TextRange,
): Promise<HistogramRows> {
  // Names that go at once are not told: the result has none.
  const nameOf = (labels: Labels): string =>
    features.delayedNameRemoval ? labelValue(labels, METRIC_NAME) : "";
  const groups = new Map<string, GroupDraft>();
  const native: number[] = [];
  const addRow = (labels: Labels, row: number): void => {
    if (rowHas(matrix, row, HISTOGRAM)) native.push(row);
    if (!rowHas(matrix, row, FLOAT)) return;
    const text = labelValue(labels, BUCKET_LABEL);
    const bound = parseFloat64(text);
    if (bound === null) {
      annotations.warn(findings.badBucketLabel(nameOf(labels), text), place);
      return;
    }
    const rest = dropLabels(labels, [BUCKET_LABEL]);
    const key = labelsKey(rest);
    let group = groups.get(key);
    if (group === undefined) groups.set(key, (group = { labels: rest, entries: [] }));
    group.entries.push({ row, bound });
  };
  await inRowSlices(matrix.labels.length, KEY_UNITS, pace, (from, to) => {
    for (let row = from; row < to; row++) addRow(matrix.labels[row]!, row);
  });
  const classic = new Map<string, ClassicGroup>();
  for (const [key, { labels, entries }] of groups) {
    entries.sort((a, b) => a.bound - b.bound);
    const rows = entries.map((entry) => entry.row);
    classic.set(key, { labels, rows, bounds: entries.map((entry) => entry.bound) });
    if (pace.spend(KEY_UNITS)) await pace.pause();
  }
  for (const row of native) {
    const labels = matrix.labels[row]!;
    const group = classic.get(labelsKey(labels));
    if (pace.spend(KEY_UNITS)) await pace.pause();
    if (group === undefined || !excludeShared(matrix, row, group)) continue;
    annotations.warn(findings.mixedClassicNative(nameOf(labels)), place);
  }
  return { classic: [...classic.values()], native };
}

interface GroupDraft {
  readonly labels: Labels;
  readonly entries: { readonly row: number; readonly bound: number }[];
}

/** Fills `buckets` with what a group has at a step. */
export function gatherBuckets(
  buckets: ClassicBuckets,
  matrix: SeriesMatrix,
  group: ClassicGroup,
  step: number,
): void {
  buckets.clear();
  for (let i = 0; i < group.rows.length; i++) {
    const cell = group.rows[i]! * matrix.grid.count + step;
    if (matrix.kinds[cell] === FLOAT) buckets.push(group.bounds[i]!, matrix.values[cell]!);
  }
}

function rowHas(matrix: SeriesMatrix, row: number, kind: number): boolean {
  const { count } = matrix.grid;
  return matrix.kinds.subarray(row * count, (row + 1) * count).includes(kind);
}

/** Empties the steps where both are present; says whether there were any. */
function excludeShared(matrix: SeriesMatrix, native: number, group: ClassicGroup): boolean {
  const { count } = matrix.grid;
  let any = false;
  for (let step = 0; step < count; step++) {
    const cell = native * count + step;
    if (matrix.kinds[cell] !== HISTOGRAM) continue;
    const present = group.rows.filter((row) => matrix.kinds[row * count + step] === FLOAT);
    if (present.length === 0) continue;
    any = true;
    matrix.kinds[cell] = ABSENT;
    for (const row of present) matrix.kinds[row * count + step] = ABSENT;
  }
  return any;
}
