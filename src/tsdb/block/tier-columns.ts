/**
 * The columns of a tier's block: which rows a series has in each, and which of them need not be
 * stored because the other columns imply them (FORMAT.md). The writer stores, the digest covers all.
 */
import {
  COLUMN_COUNT,
  COLUMN_FIRST,
  COLUMN_HISTOGRAM,
  COLUMN_LAST,
  COLUMN_MAX,
  COLUMN_MIN,
  COLUMN_RESETS,
  COLUMN_STALE,
  COLUMN_SUM,
} from "./block-columns.ts";
import { writeHistogramTagAt } from "#chunk/histogram/histogram-tag.ts";
import type { RowColumns } from "./row-columns.ts";
import { impliedMax, impliedMin, impliedSum } from "./tier-implied.ts";
import { NOT_STALE, type TierColumnName, type TierRows } from "./tier-rows.ts";
import { sameWords } from "./value-words.ts";

/** One column: times and values of its rows, and whether one is implied. */
export interface TierColumn {
  readonly column: number;
  readonly times: TierColumnName;
  readonly values: TierColumnName;
  /** Only asked for rows that the column has. */
  readonly isImplied: (rows: TierRows, words: Uint32Array, row: number) => boolean;
}

const one = new Float64Array(1);
const oneWords = new Uint32Array(one.buffer);

/** True when a reader would come to the same bits by itself. */
function implies(value: number, words: Uint32Array, row: number): boolean {
  if (Number.isNaN(value)) return false;
  one[0] = value;
  return sameWords(oneWords, 0, words, row);
}

function columnAt(
  column: number,
  times: TierColumnName,
  values: TierColumnName,
  isImplied: TierColumn["isImplied"],
): TierColumn {
  return { column, times, values, isImplied };
}

export const TIER_COLUMN_LIST: readonly TierColumn[] = [
  columnAt(COLUMN_LAST, "lastMs", "last", () => false),
  columnAt(
    COLUMN_COUNT,
    "bucketMs",
    "count",
    (rows, _words, row) => rows.count[row] === countBefore(rows, row),
  ),
  columnAt(COLUMN_FIRST, "firstMs", "first", (rows, _words, row) => rows.count[row] === 1),
  columnAt(COLUMN_SUM, "bucketMs", "sum", (rows, words, row) =>
    implies(impliedSum(rows, row), words, row),
  ),
  columnAt(COLUMN_MIN, "bucketMs", "min", (rows, words, row) =>
    implies(impliedMin(rows, row), words, row),
  ),
  columnAt(COLUMN_MAX, "bucketMs", "max", (rows, words, row) =>
    implies(impliedMax(rows, row), words, row),
  ),
  columnAt(COLUMN_RESETS, "bucketMs", "resets", (rows, words, row) =>
    Number.isNaN(resetsBefore(rows, row)) ? Number.isNaN(rows.resets[row]) : implies(0, words, row),
  ),
  columnAt(COLUMN_STALE, "staleMs", "staleMs", () => false),
];

/** Samples in the bucket with samples before this one; 1 before the first. */
function countBefore(rows: TierRows, row: number): number {
  const before = sampledBefore(rows, row);
  return before < 0 ? 1 : rows.count[before]!;
}

function resetsBefore(rows: TierRows, row: number): number {
  const before = sampledBefore(rows, row);
  return before < 0 ? 0 : rows.resets[before]!;
}

/** The bucket with samples before this one, or -1. */
function sampledBefore(rows: TierRows, row: number): number {
  let before = row - 1;
  while (before >= 0 && rows.count[before] === 0) before--;
  return before;
}

/** What the digest of a tier knows of its histograms: their times and tags, into `all`. */
export function collectTags({ histograms }: TierRows, all: RowColumns): void {
  all.clear();
  for (let at = 0; at < histograms.length; at++) {
    const { bytes, start, timestamps } = histograms;
    writeHistogramTagAt(oneWords, 0, bytes, start[at], start[at + 1]);
    all.pushWords(timestamps[at]!, oneWords, 0);
  }
}

/**
 * Every column of the buckets as digests have them, one after the other: its number and its rows in
 * `all`. Columns without rows are passed over.
 */
export function eachTierColumn(
  rows: TierRows,
  all: RowColumns,
  visit: (column: number) => void,
): void {
  for (const column of TIER_COLUMN_LIST) {
    collectColumn(column, rows, all, null);
    if (all.length > 0) visit(column.column);
  }
  collectTags(rows, all);
  if (all.length > 0) visit(COLUMN_HISTOGRAM);
}

/** All rows of the column into `all`, those to be stored into `stored`. */
export function collectColumn(
  column: TierColumn,
  rows: TierRows,
  all: RowColumns,
  stored: RowColumns | null,
): void {
  const times = rows[column.times];
  const isStale = column.column === COLUMN_STALE;
  one[0] = 0;
  const words = isStale ? oneWords : rows.words(column.values);
  all.clear();
  stored?.clear();
  for (let row = 0; row < rows.length; row++) {
    const isPresent = isStale ? rows.staleMs[row] !== NOT_STALE : rows.count[row]! > 0;
    if (!isPresent) continue;
    const at = isStale ? 0 : row;
    all.pushWords(times[row]!, words, at);
    if (stored !== null && !column.isImplied(rows, words, row)) {
      stored.pushWords(times[row]!, words, at);
    }
  }
}
