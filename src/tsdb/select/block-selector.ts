/**
 * The blocks of all shards as the query side reads them: samples merged with those of the head,
 * series and labels out of the block indexes. One per thread, over its own open blocks. States are
 * those of `Manifest`; the version that a call works on is pinned by whoever calls.
 */
import { EngineError, isErrorOf } from "#base/engine-error.ts";
import { LabelsDecoder } from "#model/canonical-labels.ts";
import { U32_MAX } from "#model/refs.ts";
import type { BlockReads, HeadSlices, SliceReader } from "#storage/block-reads.ts";
import type { SelectRequest, TimeRange } from "#storage/queryable.ts";
import type { PlacedSlice } from "#storage/read-view.ts";
import { USE_BY_ITSELF, type SampleUse } from "#storage/sample-use.ts";
import { CORRUPTION } from "#storage/storage-errors.ts";
import { blockPath } from "../block/block-path.ts";
import type { BlockReader } from "../block/block-reader.ts";
import type { BlockReaders } from "../block/block-readers.ts";
import type { BlockSeriesSource } from "../block/block-series.ts";
import { bucketMsOf, TIER_RAW, tierName } from "../block/tier.ts";
import type { BlockEntry } from "../manifest/block-entry.ts";
import type { ManifestState } from "../manifest/manifest-state.ts";
import { blocksIn, selectBuckets, selectSamples } from "../manifest/select-blocks.ts";
import { HeadSource } from "./head-source.ts";
import { isWhollySeen, listSeries, type ListOptions } from "./listed-series.ts";
import { ListedSlices } from "./listed-slices.ts";
import { MergedSlices } from "./merged-slices.ts";
import { tierPieces, type TierPiece } from "./read-pieces.ts";
import { SeriesBeside } from "./series-beside.ts";
import { aggregatesOf, TierSamples } from "./tier-samples.ts";

/** Buckets of a window at least: with fewer, its edges would say more than what is inside. */
const BUCKETS_MIN = 2;

export interface BlockSelectorOptions {
  readonly readers: BlockReaders;
  /** Resolves after pending events of the loop were served. */
  readonly yieldTurn: () => Promise<void>;
}

/** What a selection of labels works with. */
type LabelRequest = SelectRequest & { readonly label: string };

export class BlockSelector implements BlockReads {
  readonly #readers: BlockReaders;
  readonly #yieldTurn: () => Promise<void>;

  constructor(options: BlockSelectorOptions) {
    this.#readers = options.readers;
    this.#yieldTurn = options.yieldTurn;
  }

  select(
    state: ManifestState,
    head: HeadSlices,
    request: SelectRequest,
    signal: AbortSignal,
  ): SliceReader<PlacedSlice> {
    const { use = USE_BY_ITSELF } = request;
    const pieces = tierPieces(state, request);
    const wide = pieces.filter(({ tier }) => use.windowMs >= BUCKETS_MIN * bucketMsOf(tier));
    const open = async (): Promise<BlockSeriesSource> => {
      const tiers = await this.#openTiers(state, { ...request, use }, wide, signal);
      // Every sample in blocks comes from an earlier record than any in the head.
      const others = [...tiers, new HeadSource(head)];
      return await selectSamples(state, this.#readers, request, signal, others);
    };
    const narrow = pieces.filter((piece) => !wide.includes(piece));
    return new MergedSlices(open, signal, narrow.map(tooNarrow));
  }

  series(state: ManifestState, request: SelectRequest, signal: AbortSignal): SliceReader {
    return new ListedSlices(
      partsOf(state, request).map((part) => {
        const options = this.#listOptions(state, { ...request, ...part.range }, signal);
        return (each) =>
          this.#with(part.block, (reader) => listSeries(part.block, reader, options, each));
      }),
    );
  }

  async labelNames(
    state: ManifestState,
    request: SelectRequest,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const names = new Set<string>();
    const whole = (reader: BlockReader): Promise<readonly string[]> =>
      reader.labelNames(request.tenant);
    await this.#eachLabel(state, request, signal, names, whole, (labels) => {
      for (let i = 0; i < labels.length; i += 2) names.add(labels[i]!);
    });
    return [...names];
  }

  async labelValues(
    state: ManifestState,
    request: LabelRequest,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const values = new Set<string>();
    const { label, tenant } = request;
    const whole = (reader: BlockReader): Promise<readonly string[]> =>
      reader.labelValues(tenant, label);
    await this.#eachLabel(state, request, signal, values, whole, (labels) => {
      for (let i = 0; i < labels.length; i += 2) {
        if (labels[i] === label) values.add(labels[i + 1]!);
      }
    });
    return [...values];
  }

  forget(before: ManifestState, after: ManifestState): void {
    for (const [key, block] of before.blocks) {
      if (!after.blocks.has(key)) this.#readers.forget(block);
    }
  }

  damagedBlock(state: ManifestState, error: unknown): number | null {
    if (!isErrorOf(error, CORRUPTION) || !(error instanceof EngineError)) return null;
    const { path } = error.data;
    for (const [key, { folderShard, blockId }] of state.blocks) {
      if (blockPath(folderShard, blockId) === path) return key;
    }
    return null;
  }

  /** Texts of each block in range: out of its index as a whole, or series by series. */
  async #eachLabel(
    state: ManifestState,
    request: SelectRequest,
    signal: AbortSignal,
    texts: Set<string>,
    whole: (reader: BlockReader) => Promise<readonly string[]>,
    each: (labels: readonly string[]) => void,
  ): Promise<void> {
    const decoder = new LabelsDecoder();
    for (const { block, range } of partsOf(state, request)) {
      const options = this.#listOptions(state, { ...request, ...range }, signal);
      const isOwned = block.ownedMin === 0 && block.ownedMax === U32_MAX;
      const isAll = request.matchers.length === 0 && isOwned && isWhollySeen(block, options);
      await this.#with(block, async (reader) => {
        if (isAll) for (const text of await whole(reader)) texts.add(text);
        else
          await listSeries(block, reader, options, (one) =>
            each(decoder.decode(one, 0, one.length)),
          );
      });
      await this.#yieldTurn();
    }
  }

  /** What tiers say of times whose samples are gone. */
  async #openTiers(
    state: ManifestState,
    request: SelectRequest & { readonly use: SampleUse },
    pieces: readonly TierPiece[],
    signal: AbortSignal,
  ): Promise<readonly BlockSeriesSource[]> {
    const { use } = request;
    const sources: BlockSeriesSource[] = [];
    try {
      for (const { tier, minMs, maxMs, besides } of pieces) {
        const part = { ...request, minMs, maxMs };
        const wanted = aggregatesOf(use);
        const buckets = await selectBuckets(state, this.#readers, part, tier, wanted, signal);
        const isAll = besides.length === 0;
        const rest = isAll
          ? buckets
          : await SeriesBeside.open(buckets, besides, this.#readers, request);
        sources.push(new TierSamples(rest, part, use));
      }
    } catch (error) {
      for (const source of sources) source.close();
      throw error;
    }
    return sources;
  }

  #listOptions(state: ManifestState, request: SelectRequest, signal: AbortSignal): ListOptions {
    return { request, tombstones: state.tombstones, yieldTurn: this.#yieldTurn, signal };
  }

  async #with(block: BlockEntry, read: (reader: BlockReader) => Promise<void>): Promise<void> {
    using lease = await this.#readers.hold(block);
    await read(lease.reader);
  }
}

function tooNarrow({ tier }: TierPiece): string {
  return (
    `of a part of the time only aggregates of ${tierName(tier)} are left: windows shorter than ` +
    `${BUCKETS_MIN} of them are empty there`
  );
}

/** The blocks that a selection reads, each with the times that it is read for. */
function partsOf(
  state: ManifestState,
  request: SelectRequest,
): readonly { readonly block: BlockEntry; readonly range: TimeRange }[] {
  const { minMs, maxMs } = request;
  const pieces = [{ tier: TIER_RAW, minMs, maxMs }, ...tierPieces(state, request)];
  return pieces.flatMap(({ tier, ...range }) =>
    blocksIn(state, tier, range.minMs, range.maxMs).map((block) => ({ block, range })),
  );
}
