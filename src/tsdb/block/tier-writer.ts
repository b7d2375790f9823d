/**
 * Writes the buckets of series to a block of a tier: per aggregate a column, in it the rows that the
 * other columns do not imply. When most rows of a column would be stored, all are: then neighbours
 * share its timestamps. Sum, min and max of decimals are stored as their distance from what is
 * implied, first values as that from the value before them, which have fewer bits than they have.
 * Digests are of the buckets themselves, whatever is stored of them.
 */
import {
  COLUMN_DIGITS,
  COLUMN_FIRST,
  COLUMN_HISTOGRAM,
  COLUMN_MAX,
  COLUMN_MAX_UNITS,
  COLUMN_MIN,
  COLUMN_MIN_UNITS,
  COLUMN_SUM,
  COLUMN_SUM_UNITS,
  DIGITS_OF_FIRST,
} from "./block-columns.ts";
import type { SeriesIdentity } from "./block-series.ts";
import type { BlockWriter } from "./block-writer.ts";
import { digitsOf, NO_DIGITS } from "./decimal-units.ts";
import { RowColumns } from "./row-columns.ts";
import { collectColumn, collectTags, TIER_COLUMN_LIST, type TierColumn } from "./tier-columns.ts";
import { firstBase, impliedMax, impliedMin, impliedSum, unitsFrom } from "./tier-implied.ts";
import type { TierRows } from "./tier-rows.ts";
import { bucketMsOf, type Tier } from "./tier.ts";

/** Columns whose distance from the implied value may be stored instead of them. */
const DISTANCES: ReadonlyMap<
  number,
  { readonly units: number; readonly implied: (rows: TierRows, row: number) => number }
> = new Map([
  [COLUMN_SUM, { units: COLUMN_SUM_UNITS, implied: impliedSum }],
  [COLUMN_MIN, { units: COLUMN_MIN_UNITS, implied: impliedMin }],
  [COLUMN_MAX, { units: COLUMN_MAX_UNITS, implied: impliedMax }],
]);

export class TierWriter {
  readonly #writer: BlockWriter;
  readonly #bucketMs: number;
  readonly #stored = new RowColumns();
  readonly #all = new RowColumns();
  readonly #units = new RowColumns();
  readonly #allUnits = new RowColumns();
  readonly #one = new Float64Array(1);
  readonly #oneWords = new Uint32Array(this.#one.buffer);

  constructor(writer: BlockWriter, tier: Tier) {
    this.#writer = writer;
    this.#bucketMs = bucketMsOf(tier);
  }

  /** The next series, with at least one bucket. */
  async add(series: SeriesIdentity, rows: TierRows): Promise<void> {
    this.#writer.begin(series);
    const digits = digitsOfRows(rows);
    let usesUnits = false;
    let isFirstDistant = false;
    for (const column of TIER_COLUMN_LIST) {
      const all = this.#all;
      collectColumn(column, rows, all, this.#stored);
      if (all.length === 0) continue;
      this.#writer.addDigest(column.column, all.timestamps, all.values, 0, all.length);
      const distance = digits === NO_DIGITS ? undefined : DISTANCES.get(column.column);
      if (column.column === COLUMN_FIRST && digits !== NO_DIGITS) {
        isFirstDistant = this.#splitFirst(rows, digits);
      }
      if (distance === undefined) {
        await this.#append(column.column, this.#stored, all);
        continue;
      }
      this.#split(column, rows, digits, distance.implied);
      // What is no whole distance stays as it is: few rows, so all of them would not pay.
      await this.#append(column.column, this.#stored, null);
      await this.#append(distance.units, this.#units, this.#allUnits);
      usesUnits ||= this.#units.length > 0;
    }
    if (usesUnits || isFirstDistant) {
      this.#stored.clear();
      this.#one[0] = isFirstDistant ? digits + DIGITS_OF_FIRST : digits;
      this.#stored.pushWords(rows.bucketMs[0]!, this.#oneWords, 0);
      await this.#append(COLUMN_DIGITS, this.#stored, null);
    }
    if (rows.histograms.length > 0) await this.#appendHistograms(rows);
  }

  async #appendHistograms(rows: TierRows): Promise<void> {
    const all = this.#all;
    collectTags(rows, all);
    this.#writer.addDigest(COLUMN_HISTOGRAM, all.timestamps, all.values, 0, all.length);
    await this.#writer.appendHistograms(rows.histograms);
  }

  /** Distances in place of first values; false, and they stay, when one has none. */
  #splitFirst(rows: TierRows, digits: number): boolean {
    if (this.#stored.length === 0) return false;
    this.#units.clear();
    this.#allUnits.clear();
    for (let row = 0; row < rows.length; row++) {
      if (rows.count[row] === 0) continue;
      const first = rows.first[row]!;
      const base = firstBase(rows, row, this.#bucketMs, Number.NaN);
      this.#one[0] = unitsFrom(base, first, digits);
      if (this.#one[0] === 0 && !Object.is(base, first)) return false;
      this.#allUnits.pushWords(rows.firstMs[row]!, this.#oneWords, 0);
      if (rows.count[row]! > 1) this.#units.pushWords(rows.firstMs[row]!, this.#oneWords, 0);
    }
    copyRows(this.#units, this.#stored);
    copyRows(this.#allUnits, this.#all);
    return true;
  }

  /** Rows that are not implied, as whole distances and, where there is none, as they are. */
  #split(
    column: TierColumn,
    rows: TierRows,
    digits: number,
    implied: (rows: TierRows, row: number) => number,
  ): void {
    this.#stored.clear();
    this.#units.clear();
    this.#allUnits.clear();
    const values = rows[column.values];
    const words = rows.words(column.values);
    for (let row = 0; row < rows.length; row++) {
      if (rows.count[row] === 0) continue;
      const isImplied = column.isImplied(rows, words, row);
      this.#one[0] = isImplied ? 0 : unitsFrom(implied(rows, row), values[row]!, digits);
      if (!isImplied && this.#one[0] === 0) {
        this.#stored.pushWords(rows.bucketMs[row]!, words, row);
        continue;
      }
      this.#allUnits.pushWords(rows.bucketMs[row]!, this.#oneWords, 0);
      if (!isImplied) this.#units.pushWords(rows.bucketMs[row]!, this.#oneWords, 0);
    }
  }

  async #append(column: number, stored: RowColumns, all: RowColumns | null): Promise<void> {
    const rows = all !== null && 2 * stored.length > all.length ? all : stored;
    const { timestamps, values, length } = rows;
    if (length > 0) await this.#writer.append(column, timestamps, values, 0, length);
  }
}

function copyRows(from: RowColumns, into: RowColumns): void {
  into.clear();
  into.pushRange(from.timestamps, from.values, 0, from.length);
}

/** Digits of all samples that are kept as such, or `NO_DIGITS`. */
function digitsOfRows(rows: TierRows): number {
  let digits = 0;
  for (let row = 0; row < rows.length; row++) {
    if (rows.count[row] === 0) continue;
    digits = digitsOf(rows.last[row]!, digits);
    if (digits !== NO_DIGITS) digits = digitsOf(rows.first[row]!, digits);
    if (digits === NO_DIGITS) break;
  }
  return digits;
}
