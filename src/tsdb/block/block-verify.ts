/**
 * Reads a block from its first byte to its last: every checksum, every page, every sample, and
 * holds the samples against the digests and counts in the footer. Before a block replaces anything
 * this must have passed; `gyre inspect` and the scrub run it again.
 */
import { SECTION_HOURS, SECTION_LABELS, SECTION_PAGES } from "./block-format.ts";
import { SECTION_POSTINGS, SECTION_SERIES } from "./block-format.ts";
import { blockDamage, naming } from "./block-errors.ts";
import { BlockFile } from "./block-file.ts";
import { BlockLabels } from "./block-labels.ts";
import { compareIdentities, type SeriesIdentity } from "./block-series.ts";
import { BlockSeriesTable } from "./block-series-table.ts";
import { HourDigests, sameDigest } from "./hour-digests.ts";
import type { BlockPageDecoder, PageTools } from "./page-tools.ts";
import { PageTable } from "./page-table.ts";
import { SectionReader } from "./section-columns.ts";

/** What a whole read counted. */
interface Tally {
  sampleCount: number;
  minMs: number;
  maxMs: number;
  /** Series of the last column seen, and its last timestamp. */
  series: number;
  lastMs: number;
  /** Series that had a column so far. */
  seriesCount: number;
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
  const table = new PageTable(path, await load(SECTION_PAGES));
  const hours = new HourDigests(tools.digest(), meta.rangeStartMs, meta.rangeEndMs);
  const tally: Tally = {
    sampleCount: 0,
    minMs: Infinity,
    maxMs: -Infinity,
    series: -1,
    lastMs: -Infinity,
    seriesCount: 0,
  };
  const decoder = tools.decoder();
  const buffer = BlockFile.pageBuffer();
  for (let page = 0; page < table.pageCount; page++) {
    const bytes = await file.page(table, page, buffer);
    naming(path, table.offset(page), () => {
      decoder.open(bytes, 0, bytes.length);
      readColumns(path, decoder, series, hours, tally);
    });
    expectEqual(path, `last series of page ${page}`, tally.series, table.lastSeries(page));
  }
  expectEqual(path, "series with samples", tally.seriesCount, meta.seriesCount);
  expectEqual(path, "samples", tally.sampleCount, meta.sampleCount);
  expectEqual(path, "first timestamp", tally.minMs, meta.minMs);
  expectEqual(path, "last timestamp", tally.maxMs, meta.maxMs);
  if (!sameDigest(hours.total, meta.digest)) {
    throw blockDamage(path, `digest got ${hours.total.join(" ")}, want ${meta.digest.join(" ")}`);
  }
  verifyHours(path, hours, await load(SECTION_HOURS));
}

function readColumns(
  path: string,
  decoder: BlockPageDecoder,
  table: BlockSeriesTable,
  hours: HourDigests,
  tally: Tally,
): void {
  for (let column = 0; column < decoder.columnCount; column++) {
    const number = decoder.seriesAt(column);
    if (number < tally.series || number >= table.seriesCount) {
      throw blockDamage(path, `column of series ${number} behind series ${tally.series}`);
    }
    if (number !== tally.series) {
      tally.series = number;
      tally.seriesCount++;
      tally.lastMs = -Infinity;
    }
    const count = decoder.decode(column);
    const { timestamps, values } = decoder;
    for (let row = 0; row < count; row++) {
      if (timestamps[row]! <= tally.lastMs) {
        throw blockDamage(path, `series ${number}: ${timestamps[row]} behind ${tally.lastMs}`);
      }
      tally.lastMs = timestamps[row]!;
    }
    tally.sampleCount += count;
    tally.minMs = Math.min(tally.minMs, timestamps[0]!);
    tally.maxMs = Math.max(tally.maxMs, tally.lastMs);
    const low = table.fingerprints[2 * number]!;
    hours.add(low, table.fingerprints[2 * number + 1]!, timestamps, values, 0, count);
  }
}

function verifySeries(path: string, table: BlockSeriesTable): void {
  let last: SeriesIdentity | null = null;
  for (let number = 0; number < table.seriesCount; number++) {
    const identity = table.identity(number);
    if (last !== null && compareIdentities(last, identity) >= 0) {
      throw blockDamage(path, `series ${number} is not behind the one before it`);
    }
    last = { ...identity, labels: identity.labels.slice() };
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
