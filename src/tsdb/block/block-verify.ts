/**
 * Reads a block from its first byte to its last: every checksum, every page, every sample, and
 * holds the samples against the digests and counts in the footer. Before a block replaces anything
 * this must have passed; `gyre inspect` and the scrub run it again.
 */
import { columnCountOf, columnFingerprintLow, pageSectionOf } from "./block-columns.ts";
import {
  SECTION_CLOCKS,
  SECTION_HISTOGRAM_PAGES,
  SECTION_HOURS,
  SECTION_LABELS,
  SECTION_POSTINGS,
  SECTION_SERIES,
} from "./block-format.ts";
import { blockDamage, naming } from "./block-errors.ts";
import { BlockClocks } from "./block-clocks.ts";
import { BlockFile } from "./block-file.ts";
import type { BlockIndex } from "./block-reader.ts";
import { BlockLabels } from "./block-labels.ts";
import { compareIdentities, type SeriesIdentity } from "./block-series.ts";
import { BlockSeriesTable } from "./block-series-table.ts";
import { HourDigests, sameDigest } from "./hour-digests.ts";
import type { BlockPageDecoder, PageTools } from "./page-tools.ts";
import { PageTable } from "./page-table.ts";
import { RowColumns } from "./row-columns.ts";
import { SectionReader } from "./section-columns.ts";
import { ALL_AGGREGATES, TierCursor } from "./tier-cursor.ts";
import { eachTierColumn } from "./tier-columns.ts";
import { TIER_RAW } from "./tier.ts";
import { verifyHistograms } from "./verify-histograms.ts";

/** What reading a column counted. */
interface Tally {
  sampleCount: number;
  /** Series of the last column of a page seen, and its last timestamp. */
  series: number;
  lastMs: number;
  /** Series that had samples so far. */
  seriesCount: number;
}

/** What reading everything counted. */
interface Total {
  /** Takes the rows as they are stored; null for tiers, whose digest is of buckets. */
  readonly hours: HourDigests | null;
  minMs: number;
  maxMs: number;
}

/** Throws `storage.corruption` naming the first thing that is not as it should be. */
export async function verifyBlock(file: BlockFile, tools: PageTools): Promise<void> {
  const { meta, path } = file;
  const load = (kind: number): Promise<Uint8Array<ArrayBuffer>> =>
    file.section(kind, tools.compressor);
  const postings = await load(SECTION_POSTINGS);
  const labels = new BlockLabels(path, meta.seriesCount, await load(SECTION_LABELS), postings);
  const series = new BlockSeriesTable(path, labels, await load(SECTION_SERIES));
  expectEqual(path, "series", series.seriesCount, meta.seriesCount);
  verifySeries(path, series);
  for (let pair = 0; pair < labels.pairCount; pair++) labels.postings(pair);
  const digest = tools.lendDigest();
  const decoder = tools.lendDecoder(null);
  try {
    const hours = new HourDigests(digest, meta.rangeStartMs, meta.rangeEndMs);
    const isRaw = meta.tier === TIER_RAW;
    const total: Total = { hours: isRaw ? hours : null, minMs: Infinity, maxMs: -Infinity };
    const clocks = file.hasSection(SECTION_CLOCKS)
      ? new BlockClocks(path, await load(SECTION_CLOCKS))
      : null;
    const tables: PageTable[] = [];
    let sampleCount = 0;
    for (let column = 0; column < columnCountOf(meta.tier); column++) {
      const pages = new PageTable(path, await load(pageSectionOf(column)));
      tables.push(pages);
      const tally = await readColumn(file, pages, clocks, decoder, series, total);
      if (column > 0) continue;
      sampleCount = tally.sampleCount;
      if (isRaw) expectEqual(path, "series with samples", tally.seriesCount, meta.seriesCount);
    }
    const histogramPages = file.hasSection(SECTION_HISTOGRAM_PAGES)
      ? new PageTable(path, await load(SECTION_HISTOGRAM_PAGES))
      : null;
    const index = { labels, series, pages: tables, histogramPages, clocks };
    const histogramCount = await verifyHistograms(file, index, tools, total);
    if (!isRaw) {
      sampleCount += histogramCount;
      await addBuckets(file, index, tools, hours);
    }
    expectEqual(path, "samples", sampleCount, meta.sampleCount);
    expectEqual(path, "first timestamp", total.minMs, meta.minMs);
    expectEqual(path, "last timestamp", total.maxMs, meta.maxMs);
    if (!sameDigest(hours.total, meta.digest)) {
      throw blockDamage(path, `digest got ${hours.total.join(" ")}, want ${meta.digest.join(" ")}`);
    }
    verifyHours(path, hours, await load(SECTION_HOURS));
  } finally {
    tools.takeBack(digest);
    tools.takeBack(decoder);
  }
}

async function readColumn(
  file: BlockFile,
  pages: PageTable,
  clocks: BlockClocks | null,
  decoder: BlockPageDecoder,
  table: BlockSeriesTable,
  total: Total,
): Promise<Tally> {
  const { path } = file;
  const tally: Tally = { sampleCount: 0, series: -1, lastMs: -Infinity, seriesCount: 0 };
  const buffer = BlockFile.pageBuffer();
  for (let page = 0; page < pages.pageCount; page++) {
    const bytes = await file.page(pages, page, buffer);
    naming(path, pages.offset(page), () => {
      decoder.open(bytes, 0, bytes.length, clocks);
      readRows(path, decoder, table, total, tally);
    });
    expectEqual(path, `last series of page ${page}`, tally.series, pages.lastSeries(page));
  }
  return tally;
}

function readRows(
  path: string,
  decoder: BlockPageDecoder,
  table: BlockSeriesTable,
  total: Total,
  tally: Tally,
): void {
  for (let at = 0; at < decoder.columnCount; at++) {
    const number = decoder.seriesAt(at);
    if (number < tally.series || number >= table.seriesCount) {
      throw blockDamage(path, `samples of series ${number} behind series ${tally.series}`);
    }
    if (number !== tally.series) {
      tally.series = number;
      tally.seriesCount++;
      tally.lastMs = -Infinity;
    }
    const count = decoder.decode(at);
    const { timestamps, values } = decoder;
    for (let row = 0; row < count; row++) {
      if (timestamps[row]! <= tally.lastMs) {
        throw blockDamage(path, `series ${number}: ${timestamps[row]} behind ${tally.lastMs}`);
      }
      tally.lastMs = timestamps[row]!;
    }
    tally.sampleCount += count;
    total.minMs = Math.min(total.minMs, timestamps[0]!);
    total.maxMs = Math.max(total.maxMs, tally.lastMs);
    if (total.hours === null) continue;
    const low = table.fingerprints[2 * number]!;
    total.hours.add(low, table.fingerprints[2 * number + 1]!, timestamps, values, 0, count);
  }
}

/** The digest of a tier is of its buckets, put together from all columns. */
async function addBuckets(
  file: BlockFile,
  index: BlockIndex,
  tools: PageTools,
  hours: HourDigests,
): Promise<void> {
  const series = Uint32Array.from({ length: index.series.seriesCount }, (_, number) => number);
  const range = { minMs: -Infinity, maxMs: Infinity };
  const cursor = new TierCursor({ file, index, tools, series, range, aggregates: ALL_AGGREGATES });
  const all = new RowColumns();
  try {
    for (let one = await cursor.next(); one !== null; one = await cursor.next()) {
      const { fingerprintLow, fingerprintHigh } = one.identity;
      eachTierColumn(one.rows, all, (column) => {
        const low = columnFingerprintLow(fingerprintLow, column);
        hours.add(low, fingerprintHigh, all.timestamps, all.values, 0, all.length);
      });
    }
  } finally {
    cursor.close();
  }
}

function verifySeries(path: string, table: BlockSeriesTable): void {
  let last: SeriesIdentity | null = null;
  for (let number = 0; number < table.seriesCount; number++) {
    const identity = table.identity(number);
    if (last !== null && compareIdentities(last, identity) >= 0) {
      throw blockDamage(path, `series ${number} is not behind the one before it`);
    }
    last = identity;
  }
}

function verifyHours(path: string, hours: HourDigests, section: Uint8Array<ArrayBuffer>): void {
  const { startsMs, words } = hours.columns();
  const reader = new SectionReader(path, section);
  const [count] = reader.u32(2);
  expectEqual(path, "hours", count!, startsMs.length);
  const gotStarts = reader.f64(startsMs.length);
  const gotWords = reader.u32(words.length);
  const isSame =
    gotStarts.every((start, i) => start === startsMs[i]) &&
    gotWords.every((word, i) => word === words[i]);
  if (!isSame) throw blockDamage(path, "digests of hours differ from those of the samples");
}

function expectEqual(path: string, what: string, got: number, want: number): void {
  if (got !== want) throw blockDamage(path, `${what} got ${got}, want ${want}`);
}
