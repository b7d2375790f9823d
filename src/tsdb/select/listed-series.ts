/**
 * Which series of a block have a sample in a range of time, out of the index alone where it can
 * tell: of a block, or a page, that lies in the range wholly, all have. Only what is left, and what
 * a deletion concerns, is looked at sample by sample.
 */
import { LabelsDecoder } from "#model/canonical-labels.ts";
import type { SelectRequest } from "#storage/queryable.ts";
import { COLUMN_SAMPLES } from "../block/block-columns.ts";
import type { BlockIndex, BlockReader } from "../block/block-reader.ts";
import type { BlockSeriesSource } from "../block/block-series.ts";
import type { PageTable } from "../block/page-table.ts";
import { TIER_RAW } from "../block/tier.ts";
import { TombstoneFilter } from "../block/tombstone-filter.ts";
import type { BlockEntry } from "../manifest/block-entry.ts";
import { ownedSeries } from "../manifest/select-blocks.ts";
import type { Tombstone } from "../tombstone/tombstone.ts";
import { TombstoneTest, tombstonesOf } from "../tombstone/tombstone-test.ts";

/** Series between two turns of the event loop: about a millisecond of reading labels. */
const SERIES_PER_TURN_MAX = 4096;

export interface ListOptions {
  readonly request: SelectRequest;
  readonly tombstones: readonly Tombstone[];
  readonly yieldTurn: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** Whether every series of the block has a sample in range for sure. */
export function isWhollySeen(block: BlockEntry, options: ListOptions): boolean {
  const { request, tombstones } = options;
  const isWithin = block.minMs >= request.minMs && block.maxMs <= request.maxMs;
  return isWithin && tombstonesOf(block, tombstones).length === 0;
}

/** Calls `each` with the canonical labels of each selected series; views until the next call. */
export async function listSeries(
  block: BlockEntry,
  reader: BlockReader,
  options: ListOptions,
  each: (labels: Uint8Array) => void,
): Promise<void> {
  const { request, tombstones, yieldTurn, signal } = options;
  const index = await reader.index();
  const selected = await ownedSeries(block, reader, request);
  const test = new TombstoneTest(tombstonesOf(block, tombstones));
  // The pages of a tier's last values say nothing of its histograms.
  const isTold = block.tier === TIER_RAW || index.histogramPages === null;
  const tell = isWhollySeen(block, options) ? null : new RangeTeller(index, request, test);
  const unsure: number[] = [];
  for (let i = 0; i < selected.length; i++) {
    if (i % SERIES_PER_TURN_MAX === SERIES_PER_TURN_MAX - 1) await yieldTurn();
    signal.throwIfAborted();
    const series = selected[i]!;
    const labels = index.series.labelBytes(series);
    const has = tell === null ? true : isTold ? tell.has(series, labels) : null;
    if (has === true) each(labels);
    else if (has === null) unsure.push(series);
  }
  if (unsure.length === 0) return;
  const cursor = await reader.read(Uint32Array.from(unsure), request, undefined, signal);
  const source: BlockSeriesSource = test.isEmpty ? cursor : new TombstoneFilter(cursor, test);
  try {
    for (let one = await source.next(); one !== null; one = await source.next()) each(one.labels);
  } finally {
    source.close();
  }
}

class RangeTeller {
  readonly #pages: PageTable;
  readonly #request: SelectRequest;
  readonly #test: TombstoneTest;
  readonly #decoder = new LabelsDecoder();
  /** Pages before this one hold none of the series to come. */
  #page = 0;

  constructor(index: BlockIndex, request: SelectRequest, test: TombstoneTest) {
    this.#pages = index.pages[COLUMN_SAMPLES]!;
    this.#request = request;
    this.#test = test;
  }

  /** Of ascending series; null when only the samples can tell. */
  has(series: number, labels: Uint8Array): boolean | null {
    const { minMs, maxMs, tenant } = this.#request;
    const pages = this.#pages;
    this.#page = pages.firstPageOf(series, this.#page);
    let has: boolean | null = false;
    for (let page = this.#page; pages.holds(page, series) && has !== true; page++) {
      if (pages.isWithin(page, minMs, maxMs)) has = true;
      else if (pages.overlaps(page, minMs, maxMs)) has = null;
    }
    if (has === false || this.#test.isEmpty) return has;
    const decoded = this.#decoder.decode(labels, 0, labels.length);
    return this.#test.hiddenRanges(tenant, decoded).length === 0 ? has : null;
  }
}
