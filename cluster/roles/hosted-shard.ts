/**
 * One shard inside its shard worker: its head, the blocks that the keeper has installed, and what is
 * known of its head generations: since when the current one takes samples, which closed ones wait
 * for their flush, and from which log segment on their records are still needed. The actor beside it
 * owns the order of the log; here is what its worker must know to cut, flush and truncate.
 */
import { assert, must } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import type { ShardId } from "#model/refs.ts";
import type { ShardView } from "#query/fanout/shard-view.ts";
import type { ClosedGeneration } from "#storage/head-generation.ts";
import { RECORD_CUT, type LogRecord } from "#storage/log-record.ts";
import type { ShardStore, ShardStoreStats } from "#storage/shard-store.ts";
import { SHARD_UNAVAILABLE } from "#storage/storage-errors.ts";
import type { ManifestState } from "#tsdb/manifest/manifest-state.ts";
import type { HeadFacts } from "./keeper/cut-policy.ts";
import type { InstalledBlocks } from "./keeper/installed-blocks.ts";

interface ClosedHead {
  readonly generation: ClosedGeneration;
  /** No record of it is in an older segment. */
  readonly beginSegment: number;
  /** When it closed, or was found closed. */
  closedAtMs: number;
}

/** A flush that takes longer fails again and again: other shards do not wait for it. */
export const FLUSH_STUCK_MS = 600_000;

export interface HostedShardOptions {
  readonly shard: ShardId;
  readonly store: ShardStore;
  /** Null on a node that writes no blocks. */
  readonly blocks: InstalledBlocks | null;
  /** Last sequence number of the shard's log. */
  readonly newestSeq: () => number;
  readonly isFaulted: () => boolean;
}

export class HostedShard {
  readonly #options: HostedShardOptions;
  /** Oldest first. */
  readonly #closed: ClosedHead[] = [];
  /** Up to here the log belongs to closed generations. */
  #cutSeq: number;
  /** No record of the current generation is in an older segment. */
  #beginSegment = 0;
  #sinceMs = -Infinity;

  constructor(options: HostedShardOptions) {
    this.#options = options;
    this.#cutSeq = options.blocks?.state.flushedSeq ?? 0;
  }

  get shard(): ShardId {
    return this.#options.shard;
  }

  get store(): ShardStore {
    return this.#options.store;
  }

  /** As last installed, or opened; null on a node that writes no blocks. */
  get manifest(): ManifestState | null {
    return this.#options.blocks?.state ?? null;
  }

  /** Closed and not in blocks. */
  get closedCount(): number {
    return this.#closed.length;
  }

  /** Of these, those whose flush is still to be expected. */
  waitingCount(nowMs: number): number {
    if (this.isFaulted) return 0;
    return this.#closed.filter(({ closedAtMs }) => closedAtMs > nowMs - FLUSH_STUCK_MS).length;
  }

  get isFaulted(): boolean {
    return this.#options.isFaulted();
  }

  /** Samples of records up to here are in blocks. */
  get flushedSeq(): number {
    return this.#options.blocks?.state.flushedSeq ?? 0;
  }

  /** Of the log; Infinity when the shard failed. */
  get newestSeq(): number {
    return this.#options.newestSeq();
  }

  /** Records that blocks do not have. */
  get unflushedCount(): number {
    return this.isFaulted ? 0 : this.#options.newestSeq() - this.flushedSeq;
  }

  /** The actor has replayed a record of `segment`. */
  noteReplayed(record: LogRecord, segment: number): void {
    if (record.seq <= this.#cutSeq) return;
    if (this.#beginSegment === 0) this.#beginSegment = segment;
    if (this.isFaulted) return;
    if (record.type === RECORD_CUT) this.#noteClosed(0, segment, 0);
  }

  /** Replay is over; what comes now goes to `segment` or a later one. */
  noteOpen(segment: number, nowMs: number): void {
    if (this.#beginSegment === 0) this.#beginSegment = segment;
    for (const closed of this.#closed) closed.closedAtMs = nowMs;
    // When it began nobody knows; a newest sample of an earlier window says that it is due.
    this.#sinceMs = this.isEmpty ? nowMs : Math.min(nowMs, this.store.stats().maxTimestampMs);
  }

  /** The actor has cut. What comes now goes to `segment` or a later one. */
  noteCut(segment: number, nowMs: number): void {
    this.#noteClosed(segment, segment, nowMs);
    this.#sinceMs = nowMs;
  }

  get newestClosed(): ClosedGeneration {
    return must(this.#closed.at(-1), `shard ${this.shard}: closed generation`).generation;
  }

  get closed(): readonly ClosedGeneration[] {
    return this.#closed.map(({ generation }) => generation);
  }

  /** No record since the last cut. */
  get isEmpty(): boolean {
    return this.#options.newestSeq() === this.#cutSeq;
  }

  facts({ sampleCount }: ShardStoreStats, nowMs: number): HeadFacts {
    const { shard, isEmpty } = this;
    // A generation begins with its first record.
    if (isEmpty) this.#sinceMs = nowMs;
    const closed = this.#closed.reduce((sum, { generation }) => sum + generation.sampleCount, 0);
    return { shard, isEmpty, sinceMs: this.#sinceMs, sampleCount: sampleCount - closed };
  }

  /** The oldest segment with a record that is still needed; `present` takes the next record. */
  neededSegment(present: number): number {
    if (this.isFaulted) return this.#closed[0]?.beginSegment ?? this.#beginSegment;
    if (this.isEmpty) this.#beginSegment = present;
    return this.#closed[0]?.beginSegment ?? this.#beginSegment;
  }

  /** One step: views opened from now on find those samples in `state`, and not in the head. */
  install(state: ManifestState, releases: number | null): void {
    must(this.#options.blocks, `shard ${this.shard}: blocks to install`).install(state);
    if (releases === null) return;
    const closed = must(this.#closed.shift(), `shard ${this.shard}: generation to release`);
    const { number } = closed.generation;
    assert(
      number === releases,
      () => `shard ${this.shard}: release of ${releases}, want ${number}`,
    );
    if (!this.isFaulted) this.store.releaseGeneration(releases);
  }

  openView(): ShardView {
    const { shard, store, blocks } = this.#options;
    return { shard, view: store.readView(), blocks: blocks?.pin() ?? null };
  }

  /** Errors: `storage.shard-unavailable`. */
  checkReadable(): void {
    if (!this.isFaulted) return;
    throw new EngineError(SHARD_UNAVAILABLE, `cannot read shard ${this.shard}: it failed`);
  }

  #noteClosed(nextSegment: number, segment: number, closedAtMs: number): void {
    const generation = must(this.store.closedGenerations().at(-1), "generation just closed");
    this.#closed.push({ generation, beginSegment: this.#beginSegment || segment, closedAtMs });
    this.#cutSeq = generation.lastSeq;
    this.#beginSegment = nextSegment;
  }
}
