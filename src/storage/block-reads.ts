/**
 * Reading the blocks of shards, as the query side asks for it. The state is what the shard's view
 * gave, untouched; whoever asks keeps its version pinned until the reader is closed. A damaged block
 * fails what reads it with `storage.corruption` naming the file.
 */
import type { BlocksState } from "./blocks-state.ts";
import type { GenerationSlice } from "./head-generation.ts";
import type { SelectRequest } from "./queryable.ts";
import type { PlacedSlice, SeriesSlice } from "./read-view.ts";

/** What the head of a shard holds of a selection; slices may be empty. */
export interface HeadSlices {
  next(): Promise<GenerationSlice | null>;
}

export interface SliceReader<Slice extends SeriesSlice = SeriesSlice> {
  /** The next slice, owned by the caller, or null at the end. A series is in one slice. */
  next(): Promise<Slice | null>;
  /** What whoever asked should know about the answer so far. */
  infos(): readonly string[];
  /** Gives back what the reader holds; may be called twice. */
  close(): void;
}

export interface BlockReads {
  /** Head and blocks of a shard as one; of two samples at one time the one written first counts. */
  select(
    state: BlocksState,
    head: HeadSlices,
    request: SelectRequest,
    signal: AbortSignal,
  ): SliceReader<PlacedSlice>;
  /** Label sets of the series whose blocks have a sample in range, without samples. */
  series(state: BlocksState, request: SelectRequest, signal: AbortSignal): SliceReader;
  labelNames(
    state: BlocksState,
    request: SelectRequest,
    signal: AbortSignal,
  ): Promise<readonly string[]>;
  labelValues(
    state: BlocksState,
    request: SelectRequest & { readonly label: string },
    signal: AbortSignal,
  ): Promise<readonly string[]>;
  /** Blocks that `before` has and `after` has not are gone: their files need not stay open. */
  forget(before: BlocksState, after: BlocksState): void;
  /** The block of `state` that `error` tells the damage of; null when it tells of none. */
  damagedBlock(state: BlocksState, error: unknown): number | null;
}
