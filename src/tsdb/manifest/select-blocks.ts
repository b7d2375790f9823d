/**
 * All blocks of a manifest version as one: the raw samples, or the buckets of a tier, of the series
 * that a selection names, in a range of time. Blocks, series and pages outside of it are not read;
 * what tombstones hide is left out; of two samples at one time the one written first counts. Whoever
 * selects keeps the version pinned until the source is closed.
 */
import { U32_MAX } from "#model/refs.ts";
import type { SelectRequest } from "#storage/queryable.ts";
import type { BlockReader } from "../block/block-reader.ts";
import type { BlockLease, BlockReaders } from "../block/block-readers.ts";
import type { BlockSeriesSource } from "../block/block-series.ts";
import { SeriesMerger } from "../block/series-merger.ts";
import type { TierAggregate, TierSeriesSource } from "../block/tier-cursor.ts";
import { TierFilter } from "../block/tier-filter.ts";
import { TierMerger } from "../block/tier-merger.ts";
import { bucketMsOf, bucketStartMs, TIER_RAW, type Tier } from "../block/tier.ts";
import { TombstoneFilter } from "../block/tombstone-filter.ts";
import { TombstoneTest, tombstonesOf } from "../tombstone/tombstone-test.ts";
import { compareWritten, type BlockEntry } from "./block-entry.ts";
import type { ManifestState } from "./manifest-state.ts";

/**
 * Raw samples, and those of `newer`, which were written after all that is in blocks; they are closed
 * with the rest. Stops between two pages when `signal` fires. Throws `storage.corruption` naming the
 * block when one is damaged.
 */
export async function selectSamples(
  state: ManifestState,
  readers: BlockReaders,
  request: SelectRequest,
  signal?: AbortSignal,
  newer: readonly BlockSeriesSource[] = [],
): Promise<BlockSeriesSource> {
  const { minMs, maxMs } = request;
  const blocks = blocksIn(state, TIER_RAW, minMs, maxMs).toSorted(compareWritten);
  const opening = openEach(blocks, readers, signal, async (block, { reader }) => {
    const series = await ownedSeries(block, reader, request);
    if (series.length === 0) return null;
    const cursor = await reader.read(series, request, undefined, signal);
    const test = new TombstoneTest(tombstonesOf(block, state.tombstones));
    return test.isEmpty ? cursor : new TombstoneFilter(cursor, test);
  });
  opening.catch(() => {
    for (const source of newer) source.close();
  });
  const opened = await opening;
  const sources = [...opened.sources, ...newer];
  const merged = sources.length === 1 ? sources[0]! : new SeriesMerger(sources);
  const close = (): void => {
    opened.close();
    for (const source of newer) source.close();
  };
  return { next: () => merged.next(), close };
}

/** Buckets that the range reaches into, whole. What is not in `aggregates` is 0. */
export async function selectBuckets(
  state: ManifestState,
  readers: BlockReaders,
  request: SelectRequest,
  tier: Tier,
  aggregates: readonly TierAggregate[],
  signal?: AbortSignal,
): Promise<TierSeriesSource> {
  const minMs = bucketStartMs(request.minMs, tier);
  const maxMs = bucketStartMs(request.maxMs, tier) + bucketMsOf(tier) - 1;
  // A bucket is made of all samples that were there: the newest knows the most.
  const blocks = blocksIn(state, tier, minMs, maxMs).toSorted((a, b) => compareWritten(b, a));
  const opened = await openEach(blocks, readers, signal, async (block, { reader }) => {
    const series = await ownedSeries(block, reader, request);
    if (series.length === 0) return null;
    const cursor = await reader.readTier(series, request, aggregates, undefined, signal);
    const test = new TombstoneTest(tombstonesOf(block, state.tombstones));
    return test.isEmpty ? cursor : new TierFilter(cursor, tier, test);
  });
  const merger = new TierMerger(opened.sources);
  return { next: () => merger.next(), close: opened.close };
}

/** The blocks of a tier with samples near the range. */
export function blocksIn(
  state: ManifestState,
  tier: Tier,
  minMs: number,
  maxMs: number,
): BlockEntry[] {
  return [...state.blocks.values()].filter(
    (block) => block.tier === tier && block.minMs <= maxMs && block.maxMs >= minMs,
  );
}

/** The selected series; of a block that is shared with another shard, those of this one. */
export async function ownedSeries(
  block: BlockEntry,
  reader: BlockReader,
  request: SelectRequest,
): Promise<Uint32Array> {
  const selected = await reader.select(request.tenant, request.matchers);
  if (block.ownedMin === 0 && block.ownedMax === U32_MAX) return selected;
  const owned = await reader.owned(block.ownedMin, block.ownedMax);
  const first = owned[0] ?? 0;
  return selected.filter((series) => series >= first && series < first + owned.length);
}

interface OpenSources<Source> {
  readonly sources: readonly Source[];
  readonly close: () => void;
}

/** Blocks of which `open` wants nothing are given back at once. */
async function openEach<Source extends { close(): void }>(
  blocks: readonly BlockEntry[],
  readers: BlockReaders,
  signal: AbortSignal | undefined,
  open: (block: BlockEntry, lease: BlockLease) => Promise<Source | null>,
): Promise<OpenSources<Source>> {
  const leases: BlockLease[] = [];
  const sources: Source[] = [];
  const close = (): void => {
    for (const source of sources) source.close();
    for (const lease of leases) lease[Symbol.dispose]();
  };
  try {
    for (const block of blocks) {
      signal?.throwIfAborted();
      const lease = await readers.hold(block);
      leases.push(lease);
      const source = await open(block, lease);
      if (source !== null) sources.push(source);
      else leases.pop()?.[Symbol.dispose]();
    }
    return { sources, close };
  } catch (error) {
    close();
    throw error;
  }
}
