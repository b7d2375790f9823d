/**
 * Columns of a block. A raw block has one. A tier's block has one per aggregate, each with its own
 * pages and page table, so a query reads the aggregates it needs and neighbours share timestamps.
 * Numbers are in files and never change their meaning.
 */
import { SECTION_COLUMN_PAGES, SECTION_PAGES } from "./block-format.ts";
import { TIER_RAW, type Tier } from "./tier.ts";

/** Samples as received. */
export const COLUMN_SAMPLES = 0;
/** At the time of a bucket's last sample, its value. Every bucket with samples has a row. */
export const COLUMN_LAST = 0;
/** At the time of a bucket's first sample, its value, or how far that is from the last one before. */
export const COLUMN_FIRST = 1;
/** The others have rows at the start of their bucket. */
export const COLUMN_COUNT = 2;
export const COLUMN_SUM = 3;
export const COLUMN_MIN = 4;
export const COLUMN_MAX = 5;
/** What the counter had reached at resets inside the bucket. */
export const COLUMN_RESETS = 6;
/** At the time of the marker: the series went stale behind the bucket's last sample. */
export const COLUMN_STALE = 7;
/**
 * How far sum, min and max are from what first and last imply, in whole decimal units, and the digits
 * of these units; see `tier-writer.ts`.
 */
export const COLUMN_SUM_UNITS = 8;
export const COLUMN_MIN_UNITS = 9;
export const COLUMN_MAX_UNITS = 10;
export const COLUMN_DIGITS = 11;
/** Added to the digits where column first has distances too. */
export const DIGITS_OF_FIRST = 16;
export const TIER_COLUMNS = 12;
/** Not among the columns with pages of floats: at the time of a histogram, its tag; in digests only. */
export const COLUMN_HISTOGRAM = 12;

export function columnCountOf(tier: Tier): number {
  return tier === TIER_RAW ? 1 : TIER_COLUMNS;
}

/** Kind of the section with the page table of a column. */
export function pageSectionOf(column: number): number {
  return column === 0 ? SECTION_PAGES : SECTION_COLUMN_PAGES + column;
}

/** Keeps equal rows of two columns apart in digests. */
export function columnFingerprintLow(fingerprintLow: number, column: number): number {
  return (fingerprintLow ^ Math.imul(column, 0x9e37_79b9)) >>> 0;
}
