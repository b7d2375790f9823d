/**
 * Writes one block: series in order, each once, all samples inside the range; then the index and
 * the footer. The file gets its name only after all of it was read back from the disk and its
 * samples gave the digest of the input. Memory follows the number of series, not of samples.
 * After any error the block is given up (`abandon`), and its id is not used again.
 */
import { assert } from "#base/assert.ts";
import { crc32c } from "#base/hash/crc32c.ts";
import { COMPRESS_GAIN_MIN } from "#chunk/page-compression.ts";
import { TIMESTAMP_MS_MIN } from "#model/refs.ts";
import type { Disk } from "#runtime/ports/disk.ts";
import {
  COLUMN_SAMPLES,
  columnCountOf,
  columnFingerprintLow,
  pageSectionOf,
} from "./block-columns.ts";
import { BlockClocksWriter } from "./block-clocks-writer.ts";
import { BlockFile } from "./block-file.ts";
import {
  BLOCK_FORMAT,
  encodeFooter,
  SECTION_CLOCKS,
  SECTION_FLAG_COMPRESSED,
  SECTION_FLAG_MUST_UNDERSTAND,
  SECTION_HISTOGRAM_PAGES,
  SECTION_HOURS,
  SECTION_LABELS,
  SECTION_POSTINGS,
  SECTION_SERIES,
  type SectionPlace,
} from "./block-format.ts";
import { BlockIndexBuilder } from "./block-index-builder.ts";
import type { BlockMeta, SeqRange } from "./block-meta.ts";
import { blockFolder, blockPath } from "./block-path.ts";
import type { BlockSeries, BlockSeriesSource, SeriesIdentity } from "./block-series.ts";
import { verifyBlock } from "./block-verify.ts";
import { eachHistogram } from "./each-histogram.ts";
import { ensureFolder } from "./ensure-folder.ts";
import { encodeFileHeader, fileSalt, type FileOwner } from "./file-header.ts";
import { HistogramList } from "./histogram-list.ts";
import { HourDigests } from "./hour-digests.ts";
import { PagePacker } from "./page-packer.ts";
import type { BlockDigest, PageTools } from "./page-tools.ts";
import { SectionWriter } from "./section-columns.ts";
import { TemporaryFile } from "./temporary-file.ts";
import { TIER_RAW, type Tier } from "./tier.ts";

/** Sections are read once per open block: some 20 us are little beside that, but not for nothing. */
const SECTION_COMPRESS_BYTES_MIN = 1024;
/** Before any timestamp. */
const NO_TIME: number = TIMESTAMP_MS_MIN - 1;

export interface BlockWriterOptions extends SeqRange {
  readonly disk: Disk;
  readonly owner: FileOwner;
  readonly tools: PageTools;
  /** Never used before in this shard. */
  readonly blockId: number;
  readonly tier: Tier;
  /** Half-open. */
  readonly rangeStartMs: number;
  readonly rangeEndMs: number;
  /** Bytes gathered per write; see `temporary-file.ts`. */
  readonly writeBytes?: number;
}

/** A block that is on disk under its name, whole. */
export interface WrittenBlock {
  readonly meta: BlockMeta;
  readonly fileBytes: number;
  readonly footerCrc: number;
}

export class BlockWriter {
  readonly #options: BlockWriterOptions;
  readonly #file: TemporaryFile;
  readonly #salt: number;
  readonly #index = new BlockIndexBuilder();
  /** By column, as the other two. */
  readonly #pages: readonly PagePacker[];
  readonly #clocks = new BlockClocksWriter();
  /** From the first histogram on; a block without any has nothing of it. */
  #histogramPages: PagePacker | null = null;
  readonly #histograms = new HistogramList();
  #histogramCount = 0;
  readonly #rowCounts: number[];
  /** Newest timestamp of the series begun last. */
  readonly #lastMs: number[];
  readonly #digest: BlockDigest;
  readonly #hours: HourDigests;
  #series: SeriesIdentity | null = null;
  #isClosed = false;
  #isFinished = false;
  #minMs = Infinity;
  #maxMs = -Infinity;

  private constructor(options: BlockWriterOptions, file: TemporaryFile, salt: number) {
    this.#options = options;
    this.#file = file;
    this.#salt = salt;
    const { rangeStartMs, rangeEndMs, tools, tier } = options;
    const columns = columnCountOf(tier);
    const clocks = tier === TIER_RAW ? this.#clocks : null;
    this.#pages = Array.from({ length: columns }, () => new PagePacker(tools, file, salt, clocks));
    this.#rowCounts = Array.from({ length: columns }, () => 0);
    this.#lastMs = Array.from({ length: columns }, () => NO_TIME);
    this.#digest = tools.lendDigest();
    this.#hours = new HourDigests(this.#digest, rangeStartMs, rangeEndMs);
  }

  static async create(options: BlockWriterOptions): Promise<BlockWriter> {
    const { disk, owner, blockId, tier, firstSeq, lastSeq, writeBytes } = options;
    assert(firstSeq <= lastSeq, () => `block: got records ${firstSeq} to ${lastSeq}`);
    await ensureFolder(disk, blockFolder(owner.shard));
    const file = await TemporaryFile.create(disk, blockPath(owner.shard, blockId), writeBytes);
    try {
      const header = encodeFileHeader(BLOCK_FORMAT, owner, blockId, tier);
      await file.append(header);
      return new BlockWriter(options, file, fileSalt(header));
    } catch (error) {
      await file.discard();
      throw error;
    }
  }

  /** The next series: behind the one before in the order of `compareIdentities`. */
  begin(series: SeriesIdentity): void {
    this.#index.add(series);
    this.#series = series;
    this.#lastMs.fill(NO_TIME);
  }

  /** Rows `[start, end)` of the series begun last, later than those its column has. */
  async append(
    column: number,
    timestamps: Float64Array,
    values: Float64Array,
    start: number,
    end: number,
  ): Promise<void> {
    const series = this.#series;
    assert(series !== null && start < end, () => `block: got rows ${start} to ${end}`);
    this.#checkTimes(column, timestamps, start, end);
    this.#rowCounts[column]! += end - start;
    const number = this.#index.seriesCount - 1;
    const { fingerprintHigh } = series;
    const low = columnFingerprintLow(series.fingerprintLow, column);
    const pages = this.#pages[column]!;
    await pages.add(number, low, fingerprintHigh, timestamps, values, start, end);
  }

  /** Adds rows of the series begun last to the digest: of a tier, also those that are implied. */
  addDigest(
    column: number,
    timestamps: Float64Array,
    values: Float64Array,
    start: number,
    end: number,
  ): void {
    const series = this.#series;
    assert(series !== null, "block: a digest of no series");
    const low = columnFingerprintLow(series.fingerprintLow, column);
    this.#hours.add(low, series.fingerprintHigh, timestamps, values, start, end);
  }

  /** All samples of the next series. */
  async add(series: BlockSeries): Promise<void> {
    this.begin(series);
    await this.addSamples(series);
  }

  /** More samples of the series begun last. */
  async addSamples(series: BlockSeries): Promise<void> {
    const { timestamps, values, start, end } = series;
    await this.append(COLUMN_SAMPLES, timestamps, values, start, end);
    this.addDigest(COLUMN_SAMPLES, timestamps, values, start, end);
    if (series.histograms !== null) await this.#addHistograms(series);
  }

  /** Null when nothing was added: then there is no file. */
  async finish(): Promise<WrittenBlock | null> {
    if (this.#index.seriesCount === 0) {
      await this.abandon();
      return null;
    }
    const sections = await this.#writeSections();
    const meta = this.#meta();
    this.#close();
    const { bytes, crc } = encodeFooter(this.#salt, meta, sections);
    await this.#file.append(bytes);
    const fileBytes = this.#file.length;
    const { owner, blockId, tools } = this.#options;
    const written = await BlockFile.over(await this.#file.sync(), owner, blockId);
    await verifyBlock(written, tools);
    assert(written.footer.crc === crc, "block: the footer read is not the footer written");
    await this.#file.publish();
    this.#isFinished = true;
    return { meta, fileBytes, footerCrc: crc };
  }

  /** True when the block is on the disk, or was found to be empty. */
  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** Removes what was written, as far as the disk lets it. */
  async abandon(): Promise<void> {
    this.#isFinished = true;
    this.#close();
    await this.#file.discard();
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const pages of this.#pages) pages.close();
    this.#histogramPages?.close();
    this.#options.tools.takeBack(this.#digest);
  }

  /** Histograms of the series begun last, all it has. */
  async appendHistograms(list: HistogramList): Promise<void> {
    this.#checkRange(list.timestamps[0]!, list.timestamps[list.length - 1]!);
    this.#histogramCount += list.length;
    const { tools } = this.#options;
    this.#histogramPages ??= new PagePacker(tools, this.#file, this.#salt);
    const number = this.#index.seriesCount - 1;
    const { fingerprintLow, fingerprintHigh } = this.#series!;
    await this.#histogramPages.addHistograms(number, fingerprintLow, fingerprintHigh, list);
  }

  async #addHistograms(series: BlockSeries): Promise<void> {
    const list = this.#histograms;
    list.clear();
    eachHistogram(series, (_row, rows, at) => list.pushRow(rows, at));
    if (list.length > 0) await this.appendHistograms(list);
  }

  #checkTimes(column: number, timestamps: Float64Array, start: number, end: number): void {
    let lastMs = this.#lastMs[column]!;
    for (let row = start; row < end; row++) {
      const timestamp = timestamps[row]!;
      if (!(timestamp > lastMs)) refuseTime(column, timestamp, lastMs);
      lastMs = timestamp;
    }
    this.#lastMs[column] = lastMs;
    this.#checkRange(timestamps[start]!, lastMs);
  }

  #checkRange(firstMs: number, lastMs: number): void {
    const { rangeStartMs, rangeEndMs } = this.#options;
    assert(
      firstMs >= rangeStartMs && lastMs < rangeEndMs,
      () => `block: got ${firstMs} to ${lastMs}, want ${rangeStartMs} to ${rangeEndMs}`,
    );
    this.#minMs = Math.min(this.#minMs, firstMs);
    this.#maxMs = Math.max(this.#maxMs, lastMs);
  }

  async #writeSections(): Promise<SectionPlace[]> {
    const all: [number, Uint8Array][] = [];
    for (const [column, pages] of this.#pages.entries()) {
      all.push([pageSectionOf(column), await pages.finish()]);
    }
    if (this.#histogramPages !== null) {
      all.push([SECTION_HISTOGRAM_PAGES, await this.#histogramPages.finish()]);
    }
    if (this.#clocks.count > 0) all.push([SECTION_CLOCKS, this.#clocks.finish()]);
    const { labels, postings, series } = this.#index.finish();
    const { startsMs, words } = this.#hours.columns();
    const hours = new SectionWriter();
    hours.u32(startsMs.length, 0);
    hours.column(startsMs);
    hours.column(words);
    const places: SectionPlace[] = [];
    all.push(
      [SECTION_LABELS, labels],
      [SECTION_POSTINGS, postings],
      [SECTION_SERIES, series],
      [SECTION_HOURS, hours.written()],
    );
    for (const [kind, bytes] of all) places.push(await this.#writeSection(kind, bytes));
    return places;
  }

  async #writeSection(kind: number, raw: Uint8Array): Promise<SectionPlace> {
    const { compressor } = this.#options.tools;
    let stored = raw;
    if (raw.length >= SECTION_COMPRESS_BYTES_MIN) {
      const packed = compressor.compress(raw);
      if (packed.length <= raw.length * (1 - COMPRESS_GAIN_MIN)) stored = packed;
    }
    // Without its histograms the block would read as floats, without its clocks not at all.
    const isNeeded = kind === SECTION_HISTOGRAM_PAGES || kind === SECTION_CLOCKS;
    const offset = this.#file.length;
    await this.#file.append(stored);
    await this.#file.align();
    return {
      kind,
      flags:
        (stored === raw ? 0 : SECTION_FLAG_COMPRESSED) |
        (isNeeded ? SECTION_FLAG_MUST_UNDERSTAND : 0),
      offset,
      storedBytes: stored.length,
      rawBytes: raw.length,
      crc: crc32c(stored, this.#salt),
    };
  }

  #meta(): BlockMeta {
    const { blockId, tier, rangeStartMs, rangeEndMs, epoch, firstSeq, lastSeq } = this.#options;
    const [placementMin, placementMax] = this.#index.placementRange();
    return {
      blockId,
      tier,
      rangeStartMs,
      rangeEndMs,
      minMs: this.#minMs,
      maxMs: this.#maxMs,
      epoch,
      firstSeq,
      lastSeq,
      seriesCount: this.#index.seriesCount,
      // In a raw block each is also a row of a sample.
      sampleCount: this.#rowCounts[0]! + (tier === TIER_RAW ? 0 : this.#histogramCount),
      digest: this.#hours.total,
      placementMin,
      placementMax,
    };
  }
}

/** Apart, because what a closure holds is on the heap, and times are looked at by the million. */
function refuseTime(column: number, timestamp: number, lastMs: number): void {
  assert(false, () => `block: column ${column} got ${timestamp} after ${lastMs}`);
}

/** Writes all of `source`; null when it is empty. Leaves nothing behind when it throws. */
export async function writeBlock(
  options: BlockWriterOptions,
  source: BlockSeriesSource,
): Promise<WrittenBlock | null> {
  const writer = await BlockWriter.create(options);
  try {
    for (let series = await source.next(); series !== null; series = await source.next()) {
      await writer.add(series);
    }
    return await writer.finish();
  } finally {
    source.close();
    if (!writer.isFinished) await writer.abandon();
  }
}
