/**
 * Reads one block: which series a selection names, and their samples in a range of time. The file is
 * checked as it is read, the index comes to memory when a selection first asks for it. Nothing is
 * shared between cursors, so any number may run beside each other. Close it when nobody reads.
 */
import type { Matcher } from "#model/matcher.ts";
import { U32_MAX, type ShardId, type TenantId } from "#model/refs.ts";
import type { Disk } from "#runtime/ports/disk.ts";
import type { TimeRange } from "#storage/queryable.ts";
import { selectRefs } from "../index/select-refs.ts";
import { BlockClocks } from "./block-clocks.ts";
import { BlockCursor } from "./block-cursor.ts";
import { columnCountOf, pageSectionOf } from "./block-columns.ts";
import { blockDamage } from "./block-errors.ts";
import { BlockFile } from "./block-file.ts";
import {
  SECTION_CLOCKS,
  SECTION_HISTOGRAM_PAGES,
  SECTION_LABELS,
  SECTION_POSTINGS,
  SECTION_SERIES,
} from "./block-format.ts";
import { BlockLabels } from "./block-labels.ts";
import type { BlockMeta } from "./block-meta.ts";
import { blockPath } from "./block-path.ts";
import { BlockSeriesTable } from "./block-series-table.ts";
import { verifyBlock } from "./block-verify.ts";
import { TierCursor, type TierAggregate } from "./tier-cursor.ts";
import type { FileOwner } from "./file-header.ts";
import type { OnPageDamage } from "./page-column-reader.ts";
import { PageTable } from "./page-table.ts";
import type { PageTools } from "./page-tools.ts";

/** Index of a block in memory. */
export interface BlockIndex {
  readonly labels: BlockLabels;
  readonly series: BlockSeriesTable;
  /** By column. */
  readonly pages: readonly PageTable[];
  /** Null when the block has no histograms. */
  readonly histogramPages: PageTable | null;
  readonly clocks: BlockClocks | null;
}

export interface BlockReaderOptions {
  readonly disk: Disk;
  /** The shard that wrote the file. */
  /** Who wrote the file. */
  readonly owner: FileOwner;
  /** In whose folder it lies, when that is not the writer's. */
  readonly folderShard?: ShardId;
  readonly blockId: number;
  readonly tools: PageTools;
  /** What the manifest says of the file; null to take what is there. */
  readonly footerCrc: number | null;
}

export class BlockReader {
  readonly file: BlockFile;
  readonly #tools: PageTools;
  #index: Promise<BlockIndex> | null = null;

  private constructor(file: BlockFile, tools: PageTools) {
    this.file = file;
    this.#tools = tools;
  }

  /** Throws `storage.corruption`, or `storage.format-unsupported` for a newer version. */
  static async open(options: BlockReaderOptions): Promise<BlockReader> {
    const { disk, owner, blockId, tools, footerCrc } = options;
    const path = blockPath(options.folderShard ?? owner.shard, blockId);
    const file = await BlockFile.open(disk, path, owner, blockId);
    if (footerCrc === null || footerCrc === file.footer.crc) return new BlockReader(file, tools);
    await file.close();
    throw blockDamage(
      path,
      `footer checksum got ${file.footer.crc}, the manifest has ${footerCrc}`,
    );
  }

  get meta(): BlockMeta {
    return this.file.meta;
  }

  /** Kept from the first call on, until `releaseIndex`. */
  async index(): Promise<BlockIndex> {
    this.#index ??= this.#loadIndex();
    try {
      return await this.#index;
    } catch (error) {
      this.#index = null;
      throw error;
    }
  }

  /** Memory of the index once it is loaded. */
  get indexBytes(): number {
    let bytes = 0;
    for (const { rawBytes } of this.file.footer.sections) bytes += rawBytes;
    return bytes;
  }

  /** Gives the memory of the index back; the next selection loads it again. */
  releaseIndex(): void {
    this.#index = null;
  }

  /** Numbers of the series of `tenant` that all matchers accept, ascending. */
  async select(tenant: TenantId, matchers: readonly Matcher[]): Promise<Uint32Array> {
    const { labels } = await this.index();
    const index = labels.tenantIndex(tenant);
    return index === null ? new Uint32Array(0) : selectRefs(index, matchers, this.meta.seriesCount);
  }

  /** In byte order; of all series of the tenant, whatever their time. */
  async labelNames(tenant: TenantId): Promise<readonly string[]> {
    return (await this.index()).labels.tenantIndex(tenant)?.labelNames() ?? [];
  }

  async labelValues(tenant: TenantId, name: string): Promise<readonly string[]> {
    return (await this.index()).labels.tenantIndex(tenant)?.labelValues(name) ?? [];
  }

  /** Samples of the given series, ascending numbers, within `range`; series without any are left out. */
  async read(
    series: Uint32Array,
    range: TimeRange,
    onDamage?: OnPageDamage,
    signal?: AbortSignal,
  ): Promise<BlockCursor> {
    const { file } = this;
    const index = await this.index();
    return new BlockCursor({ file, index, tools: this.#tools, series, range, onDamage, signal });
  }

  /** Buckets of the given series, of a tier's block; see `TierCursor`. */
  async readTier(
    series: Uint32Array,
    range: TimeRange,
    aggregates: readonly TierAggregate[],
    onDamage?: OnPageDamage,
    signal?: AbortSignal,
  ): Promise<TierCursor> {
    const { file } = this;
    const index = await this.index();
    const tools = this.#tools;
    return new TierCursor({ file, index, tools, series, range, aggregates, onDamage, signal });
  }

  /** Numbers of the series whose placement's upper word is in a range, both included. */
  async owned(placementMin: number, placementMax: number): Promise<Uint32Array> {
    const { series: table } = await this.index();
    const first = table.firstFrom(placementMin);
    const isAll = placementMax === U32_MAX;
    const end = isAll ? table.seriesCount : table.firstFrom(placementMax + 1);
    return Uint32Array.from({ length: Math.max(0, end - first) }, (_, i) => first + i);
  }

  /** All series. */
  async readAll(range: TimeRange, onDamage?: OnPageDamage): Promise<BlockCursor> {
    return await this.read(await this.owned(0, U32_MAX), range, onDamage);
  }

  /** Reads everything; see `block-verify.ts`. */
  async verify(): Promise<void> {
    await verifyBlock(this.file, this.#tools);
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  async #loadIndex(): Promise<BlockIndex> {
    const { compressor } = this.#tools;
    const { path, meta } = this.file;
    const labelBytes = await this.file.section(SECTION_LABELS, compressor);
    const postings = await this.file.section(SECTION_POSTINGS, compressor);
    const labels = new BlockLabels(path, meta.seriesCount, labelBytes, postings);
    const seriesBytes = await this.file.section(SECTION_SERIES, compressor);
    const series = new BlockSeriesTable(path, labels, seriesBytes);
    const pages: PageTable[] = [];
    for (let column = 0; column < columnCountOf(meta.tier); column++) {
      const section = await this.file.section(pageSectionOf(column), compressor);
      pages.push(new PageTable(path, section));
    }
    const histogramPages = this.file.hasSection(SECTION_HISTOGRAM_PAGES)
      ? new PageTable(path, await this.file.section(SECTION_HISTOGRAM_PAGES, compressor))
      : null;
    const clocks = this.file.hasSection(SECTION_CLOCKS)
      ? new BlockClocks(path, await this.file.section(SECTION_CLOCKS, compressor))
      : null;
    return { labels, series, pages, histogramPages, clocks };
  }
}
