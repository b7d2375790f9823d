/**
 * Writes one block: series in order, each once, all samples inside the range; then the index and
 * the footer. The file gets its name only after all of it was read back from the disk and its
 * samples gave the digest of the input. Memory follows the number of series, not of samples.
 * After any error the block is given up (`abandon`), and its id is not used again.
 */
import { assert } from "#base/assert.ts";
import { crc32c } from "#base/hash/crc32c.ts";
import { COMPRESS_BYTES_MIN, COMPRESS_GAIN_MIN } from "#chunk/page-compression.ts";
import { TIMESTAMP_MS_MIN } from "#model/refs.ts";
import type { Disk } from "#runtime/ports/disk.ts";
import { BlockFile } from "./block-file.ts";
import {
  BLOCK_FORMAT,
  encodeFooter,
  SECTION_FLAG_COMPRESSED,
  SECTION_HOURS,
  SECTION_LABELS,
  SECTION_PAGES,
  SECTION_POSTINGS,
  SECTION_SERIES,
  type SectionPlace,
} from "./block-format.ts";
import { BlockIndexBuilder } from "./block-index-builder.ts";
import type { BlockMeta, SeqRange } from "./block-meta.ts";
import { blockFolder, blockPath } from "./block-path.ts";
import type { BlockSeries, BlockSeriesSource } from "./block-series.ts";
import { verifyBlock } from "./block-verify.ts";
import { ensureFolder } from "./ensure-folder.ts";
import { encodeFileHeader, fileSalt, type FileOwner } from "./file-header.ts";
import { HourDigests } from "./hour-digests.ts";
import { PagePacker } from "./page-packer.ts";
import type { PageTools } from "./page-tools.ts";
import { SectionWriter } from "./section-columns.ts";
import { TemporaryFile } from "./temporary-file.ts";
import type { Tier } from "./tier.ts";

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
  readonly #pages: PagePacker;
  readonly #hours: HourDigests;
  #sampleCount = 0;
  #minMs = Infinity;
  #maxMs = -Infinity;
  #lastMs: number = TIMESTAMP_MS_MIN - 1;

  private constructor(options: BlockWriterOptions, file: TemporaryFile, salt: number) {
    this.#options = options;
    this.#file = file;
    this.#salt = salt;
    this.#pages = new PagePacker(options.tools, file, salt);
    const { rangeStartMs, rangeEndMs } = options;
    this.#hours = new HourDigests(options.tools.digest(), rangeStartMs, rangeEndMs);
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

  /** Samples of the next series: behind the one before in the order of `compareIdentities`. */
  async add(series: BlockSeries): Promise<void> {
    const number = this.#index.add(series);
    this.#lastMs = TIMESTAMP_MS_MIN - 1;
    await this.#addRows(number, series);
  }

  /** More samples of the series added last, all later than those it has. */
  async addMore(series: BlockSeries): Promise<void> {
    assert(this.#index.seriesCount > 0, "block: more samples of no series");
    await this.#addRows(this.#index.seriesCount - 1, series);
  }

  /** Null when nothing was added: then there is no file. */
  async finish(): Promise<WrittenBlock | null> {
    if (this.#index.seriesCount === 0) {
      await this.abandon();
      return null;
    }
    const sections = await this.#writeSections();
    const meta = this.#meta();
    const { bytes, crc } = encodeFooter(this.#salt, meta, sections);
    await this.#file.append(bytes);
    const fileBytes = this.#file.length;
    const { owner, blockId, tools } = this.#options;
    const written = await BlockFile.over(await this.#file.sync(), owner, blockId);
    await verifyBlock(written, tools);
    assert(written.footer.crc === crc, "block: the footer read is not the footer written");
    await this.#file.publish();
    return { meta, fileBytes, footerCrc: crc };
  }

  /** Removes what was written, as far as the disk lets it. */
  async abandon(): Promise<void> {
    await this.#file.discard();
  }

  async #addRows(number: number, series: BlockSeries): Promise<void> {
    const { fingerprintLow, fingerprintHigh, timestamps, values, start, end } = series;
    const { rangeStartMs, rangeEndMs } = this.#options;
    assert(start < end, () => `block: series ${number} without samples`);
    for (let row = start; row < end; row++) {
      const timestamp = timestamps[row]!;
      if (timestamp > this.#lastMs) this.#lastMs = timestamp;
      else assert(false, () => `block: series ${number} got ${timestamp} after ${this.#lastMs}`);
    }
    const first = timestamps[start]!;
    assert(
      first >= rangeStartMs && this.#lastMs < rangeEndMs,
      () => `block: got ${first} to ${this.#lastMs}, want ${rangeStartMs} to ${rangeEndMs}`,
    );
    this.#minMs = Math.min(this.#minMs, first);
    this.#maxMs = Math.max(this.#maxMs, this.#lastMs);
    this.#sampleCount += end - start;
    this.#hours.add(fingerprintLow, fingerprintHigh, timestamps, values, start, end);
    await this.#pages.add(number, fingerprintLow, fingerprintHigh, timestamps, values, start, end);
  }

  async #writeSections(): Promise<SectionPlace[]> {
    const pages = await this.#pages.finish();
    const { labels, postings, series } = this.#index.finish();
    const { startsMs, words } = this.#hours.columns();
    const hours = new SectionWriter();
    hours.u32(startsMs.length, 0);
    hours.column(startsMs);
    hours.column(words);
    const places: SectionPlace[] = [];
    const all: [number, Uint8Array][] = [
      [SECTION_LABELS, labels],
      [SECTION_POSTINGS, postings],
      [SECTION_SERIES, series],
      [SECTION_PAGES, pages],
      [SECTION_HOURS, hours.written()],
    ];
    for (const [kind, bytes] of all) places.push(await this.#writeSection(kind, bytes));
    return places;
  }

  async #writeSection(kind: number, raw: Uint8Array): Promise<SectionPlace> {
    const { compressor } = this.#options.tools;
    let stored = raw;
    if (raw.length >= COMPRESS_BYTES_MIN) {
      const packed = compressor.compress(raw);
      if (packed.length <= raw.length * (1 - COMPRESS_GAIN_MIN)) stored = packed;
    }
    const offset = this.#file.length;
    await this.#file.append(stored);
    await this.#file.align();
    return {
      kind,
      flags: stored === raw ? 0 : SECTION_FLAG_COMPRESSED,
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
      sampleCount: this.#sampleCount,
      digest: this.#hours.total,
      placementMin,
      placementMax,
    };
  }
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
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}
