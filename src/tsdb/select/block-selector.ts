/**
 * The blocks of all shards as the query side reads them: samples merged with those of the head,
 * series and labels out of the block indexes. One per thread, over its own open blocks. States are
 * those of `Manifest`; the version that a call works on is pinned by whoever calls.
 */
import { EngineError, isErrorOf } from "#base/engine-error.ts";
import { LabelsDecoder } from "#model/canonical-labels.ts";
import { U32_MAX } from "#model/refs.ts";
import type { BlockReads, HeadSlices, SliceReader } from "#storage/block-reads.ts";
import type { SelectRequest } from "#storage/queryable.ts";
import { CORRUPTION } from "#storage/storage-errors.ts";
import { blockPath } from "../block/block-path.ts";
import type { BlockReader } from "../block/block-reader.ts";
import type { BlockReaders } from "../block/block-readers.ts";
import type { BlockSeriesSource } from "../block/block-series.ts";
import { TIER_RAW } from "../block/tier.ts";
import type { BlockEntry } from "../manifest/block-entry.ts";
import type { ManifestState } from "../manifest/manifest-state.ts";
import { blocksIn, selectSamples } from "../manifest/select-blocks.ts";
import { HeadSource } from "./head-source.ts";
import { isWhollySeen, listSeries, type ListOptions } from "./listed-series.ts";
import { ListedSlices } from "./listed-slices.ts";
import { MergedSlices } from "./merged-slices.ts";

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
  ): SliceReader {
    // Every sample in blocks comes from an earlier record than any in the head.
    const open = (): Promise<BlockSeriesSource> =>
      selectSamples(state, this.#readers, request, signal, [new HeadSource(head)]);
    return new MergedSlices(open, signal);
  }

  series(state: ManifestState, request: SelectRequest, signal: AbortSignal): SliceReader {
    const options = this.#listOptions(state, request, signal);
    return new ListedSlices(
      blocksIn(state, TIER_RAW, request.minMs, request.maxMs).map(
        (block) => (each) =>
          this.#with(block, (reader) => listSeries(block, reader, options, each)),
      ),
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
    for (const [key, { fileShard, blockId }] of state.blocks) {
      if (blockPath(fileShard, blockId) === path) return key;
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
    const options = this.#listOptions(state, request, signal);
    const decoder = new LabelsDecoder();
    for (const block of blocksIn(state, TIER_RAW, request.minMs, request.maxMs)) {
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

  #listOptions(state: ManifestState, request: SelectRequest, signal: AbortSignal): ListOptions {
    return { request, tombstones: state.tombstones, yieldTurn: this.#yieldTurn, signal };
  }

  async #with(block: BlockEntry, read: (reader: BlockReader) => Promise<void>): Promise<void> {
    using lease = await this.#readers.hold(block);
    await read(lease.reader);
  }
}
