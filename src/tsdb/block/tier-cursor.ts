/**
 * Goes through chosen series of a tier's block in order and gives their buckets. A range is widened
 * to whole buckets. Reads the columns it needs: what is not asked for is 0 in the rows.
 */
import type { TimeRange } from "#storage/queryable.ts";
import {
  COLUMN_COUNT,
  COLUMN_DIGITS,
  COLUMN_FIRST,
  COLUMN_LAST,
  COLUMN_MAX,
  COLUMN_MAX_UNITS,
  COLUMN_MIN,
  COLUMN_MIN_UNITS,
  COLUMN_RESETS,
  COLUMN_STALE,
  COLUMN_SUM,
  COLUMN_SUM_UNITS,
  DIGITS_OF_FIRST,
} from "./block-columns.ts";
import type { BlockFile } from "./block-file.ts";
import type { BlockIndex } from "./block-reader.ts";
import type { SeriesIdentity } from "./block-series.ts";
import { HistogramList } from "./histogram-list.ts";
import { PageColumnReader, type OnPageDamage } from "./page-column-reader.ts";
import type { PageTools } from "./page-tools.ts";
import { RowColumns } from "./row-columns.ts";
import { firstBase, impliedMax, impliedMin, impliedSum, valueFrom } from "./tier-implied.ts";
import { TierRows, type TierColumnName } from "./tier-rows.ts";
import { bucketMsOf, bucketStartMs, type Tier } from "./tier.ts";
import { copyWords } from "./value-words.ts";

/** Aggregates that are read only when asked for; the rest always is. */
export type TierAggregate = "sum" | "min" | "max" | "resets" | "histogram";

export const ALL_AGGREGATES: readonly TierAggregate[] = [
  ...(["sum", "min", "max", "resets", "histogram"] as const),
];

export interface TierSeries {
  readonly identity: SeriesIdentity;
  /** The cursor's, filled anew for the next series. */
  readonly rows: TierRows;
}

/** Series in the order of `compareIdentities`, each once. */
export interface TierSeriesSource {
  /** Valid until the next call; null at the end. */
  next(): Promise<TierSeries | null>;
  /** Gives back what the source holds; may be called twice. */
  close(): void;
}

export interface TierCursorOptions {
  readonly file: BlockFile;
  readonly index: BlockIndex;
  readonly tools: PageTools;
  /** Ascending. */
  readonly series: Uint32Array;
  readonly range: TimeRange;
  readonly aggregates: readonly TierAggregate[];
  readonly onDamage?: OnPageDamage | undefined;
  readonly signal?: AbortSignal | undefined;
}

const READ_ALWAYS = [COLUMN_LAST, COLUMN_COUNT, COLUMN_FIRST, COLUMN_STALE, COLUMN_DIGITS];
const COLUMNS_OF: Readonly<Record<TierAggregate, readonly number[]>> = {
  sum: [COLUMN_SUM, COLUMN_SUM_UNITS],
  min: [COLUMN_MIN, COLUMN_MIN_UNITS],
  max: [COLUMN_MAX, COLUMN_MAX_UNITS],
  resets: [COLUMN_RESETS],
  histogram: [],
};
/** What a row says there holds until the next row: those before a range matter. */
const HOLDING = new Set([COLUMN_COUNT, COLUMN_RESETS, COLUMN_DIGITS]);

export class TierCursor implements TierSeriesSource {
  readonly #options: TierCursorOptions;
  readonly #tier: Tier;
  /** By column; null for those that are not read. */
  readonly #readers: (PageColumnReader | null)[] = [];
  readonly #columns: RowColumns[] = [];
  /** Null when the block has no histograms, or none are wanted. */
  readonly #histogramReader: PageColumnReader | null;
  readonly #histograms = new HistogramList();
  readonly #rows = new TierRows();
  #at = 0;
  /** Start of the first bucket in range. */
  #fromMs = -Infinity;
  /** Last value of the bucket before that; NaN without one. */
  #lastBefore = Number.NaN;

  constructor(options: TierCursorOptions) {
    this.#options = options;
    const { file, index, tools, onDamage, aggregates, signal } = options;
    this.#tier = file.meta.tier;
    const wanted = new Set([...READ_ALWAYS, ...aggregates.flatMap((name) => COLUMNS_OF[name])]);
    for (const [column, pages] of index.pages.entries()) {
      const reader = wanted.has(column)
        ? new PageColumnReader(file, pages, tools, onDamage, signal)
        : null;
      this.#readers.push(reader);
      this.#columns.push(new RowColumns());
    }
    const pages = aggregates.includes("histogram") ? index.histogramPages : null;
    this.#histogramReader = pages && new PageColumnReader(file, pages, tools, onDamage, signal);
  }

  /** Series without a bucket in range are left out. */
  async next(): Promise<TierSeries | null> {
    const { series, index } = this.#options;
    while (this.#at < series.length) {
      const number = series[this.#at++]!;
      // Half of its columns would make other buckets of it.
      if (!(await this.#readColumns(number))) continue;
      this.#combine();
      if (this.#rows.length > 0) {
        return { identity: index.series.identity(number), rows: this.#rows };
      }
    }
    this.close();
    return null;
  }

  close(): void {
    for (const reader of this.#readers) reader?.close();
    this.#histogramReader?.close();
  }

  /** False when a damaged page is among them. */
  async #readColumns(number: number): Promise<boolean> {
    const { range } = this.#options;
    const bucketMs = bucketMsOf(this.#tier);
    const minMs = range.minMs === -Infinity ? -Infinity : bucketStartMs(range.minMs, this.#tier);
    const endMs =
      range.maxMs === Infinity ? Infinity : bucketStartMs(range.maxMs, this.#tier) + bucketMs - 1;
    this.#fromMs = minMs;
    let isWhole = true;
    for (const [column, reader] of this.#readers.entries()) {
      const rows = this.#columns[column]!;
      rows.clear();
      let fromMs = HOLDING.has(column) ? -Infinity : minMs;
      // A first value may be told by the last one before it.
      if (column === COLUMN_LAST) fromMs -= bucketMs;
      isWhole = (await reader?.read(number, fromMs, endMs, rows)) !== false && isWhole;
    }
    if (this.#histogramReader === null) return isWhole;
    this.#histograms.clear();
    return (await this.#histogramReader.read(number, minMs, endMs, this.#histograms)) && isWhole;
  }

  #combine(): void {
    const rows = this.#rows;
    rows.clear();
    this.#pushBuckets();
    this.#spreadCounts();
    this.#layOver(COLUMN_FIRST, "first", (row) => {
      copyWords(rows.words("last"), row, rows.words("first"), row);
    });
    this.#layFirstDistances();
    this.#spreadFirstTimes();
    this.#layDistance(COLUMN_SUM, COLUMN_SUM_UNITS, "sum", impliedSum);
    this.#layDistance(COLUMN_MIN, COLUMN_MIN_UNITS, "min", impliedMin);
    this.#layDistance(COLUMN_MAX, COLUMN_MAX_UNITS, "max", impliedMax);
    this.#spreadResets();
  }

  /** Rows of buckets with samples, and of those with a stale marker or a histogram only. */
  #pushBuckets(): void {
    const rows = this.#rows;
    const last = this.#columns[COLUMN_LAST]!;
    const stale = this.#columns[COLUMN_STALE]!;
    const items = this.#histograms;
    let a = 0;
    let b = 0;
    let c = 0;
    this.#lastBefore = Number.NaN;
    if (last.length > 0 && last.timestamps[0]! < this.#fromMs) this.#lastBefore = last.values[a++]!;
    while (a < last.length || b < stale.length || c < items.length) {
      const lastMs = a < last.length ? last.timestamps[a]! : Infinity;
      const staleMs = b < stale.length ? stale.timestamps[b]! : Infinity;
      const itemMs = c < items.length ? items.timestamps[c]! : Infinity;
      const bucket = bucketStartMs(Math.min(lastMs, staleMs, itemMs), this.#tier);
      const row = rows.push(bucket);
      const endMs = bucket + bucketMsOf(this.#tier);
      if (lastMs < endMs) {
        rows.count[row] = 1;
        rows.lastMs[row] = lastMs;
        copyWords(last.words, a, rows.words("last"), row);
        a++;
      }
      if (staleMs < endMs) {
        rows.staleMs[row] = staleMs;
        b++;
      }
      if (itemMs < endMs) rows.histograms.pushRow(items, c++);
    }
    // It tells the first value of the bucket right behind it and of no other.
    if (rows.bucketMs[0] !== this.#fromMs) this.#lastBefore = Number.NaN;
  }

  #spreadCounts(): void {
    const rows = this.#rows;
    const counts = this.#columns[COLUMN_COUNT]!;
    let count = 1;
    let at = 0;
    for (let row = 0; row < rows.length; row++) {
      while (at < counts.length && counts.timestamps[at]! <= rows.bucketMs[row]!) {
        count = counts.values[at++]!;
      }
      if (rows.count[row]! > 0) rows.count[row] = count;
    }
  }

  /** Stored rows of a column into `name`, `imply` for the buckets that have none. */
  #layOver(column: number, name: TierColumnName, imply: (row: number) => void): void {
    if (this.#readers[column] === null) return;
    const rows = this.#rows;
    const stored = this.#columns[column]!;
    const target = rows.words(name);
    let at = 0;
    for (let row = 0; row < rows.length; row++) {
      if (rows.count[row] === 0) continue;
      if (this.#isAt(stored, at, row)) copyWords(stored.words, at++, target, row);
      else imply(row);
    }
  }

  /** A block gives a series one number of digits; 0 without one. */
  get #digits(): number {
    const { values, length } = this.#columns[COLUMN_DIGITS]!;
    return length === 0 ? 0 : values[0]!;
  }

  /** First values of the stored rows, where these are distances. */
  #layFirstDistances(): void {
    const digits = this.#digits - DIGITS_OF_FIRST;
    if (digits < 0) return;
    const rows = this.#rows;
    const stored = this.#columns[COLUMN_FIRST]!;
    const bucketMs = bucketMsOf(this.#tier);
    let at = 0;
    for (let row = 0; row < rows.length; row++) {
      if (rows.count[row] === 0 || !this.#isAt(stored, at, row)) continue;
      const base = firstBase(rows, row, bucketMs, this.#lastBefore);
      const distance = stored.values[at++]!;
      rows.write("first", row, distance === 0 ? base : valueFrom(base, distance, digits));
    }
  }

  /** As `#layOver`; between what is stored and what is implied comes a distance, if there is one. */
  #layDistance(
    column: number,
    unitsColumn: number,
    name: TierColumnName,
    implied: (rows: TierRows, row: number) => number,
  ): void {
    const rows = this.#rows;
    const units = this.#columns[unitsColumn]!;
    const digits = this.#digits % DIGITS_OF_FIRST;
    let at = 0;
    this.#layOver(column, name, (row) => {
      const base = implied(rows, row);
      while (at < units.length && units.timestamps[at]! < rows.bucketMs[row]!) at++;
      const isThere = at < units.length && units.timestamps[at] === rows.bucketMs[row];
      const distance = isThere ? units.values[at]! : 0;
      rows.write(name, row, distance === 0 ? base : valueFrom(base, distance, digits));
    });
  }

  #spreadResets(): void {
    const rows = this.#rows;
    const stored = this.#columns[COLUMN_RESETS]!;
    let isUnknown = false;
    let at = 0;
    for (let row = 0; row < rows.length; row++) {
      const startMs = rows.bucketMs[row]!;
      for (; at < stored.length && stored.timestamps[at]! < startMs; at++) {
        isUnknown = Number.isNaN(stored.values[at]);
      }
      if (rows.count[row] === 0) continue;
      if (at < stored.length && stored.timestamps[at] === startMs) {
        isUnknown = Number.isNaN(stored.values[at]);
        copyWords(stored.words, at++, rows.words("resets"), row);
      } else {
        rows.write("resets", row, isUnknown ? Number.NaN : 0);
      }
    }
  }

  #spreadFirstTimes(): void {
    const rows = this.#rows;
    const stored = this.#columns[COLUMN_FIRST]!;
    let at = 0;
    for (let row = 0; row < rows.length; row++) {
      if (rows.count[row] === 0) continue;
      const isStored = this.#isAt(stored, at, row);
      rows.firstMs[row] = isStored ? stored.timestamps[at++]! : rows.lastMs[row]!;
    }
  }

  /** Whether stored row `at` lies in the bucket of `row`; earlier ones were used up. */
  #isAt(stored: RowColumns, at: number, row: number): boolean {
    const endMs = this.#rows.bucketMs[row]! + bucketMsOf(this.#tier);
    return at < stored.length && stored.timestamps[at]! < endMs;
  }
}
