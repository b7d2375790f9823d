/**
 * The data of one shard replica, as its actor sees it. Single threaded and synchronous: an append
 * judges, applies and drafts the log records in one step; the actor numbers the records, hands them
 * to the log and answers when they are durable. Replaying the same records gives the same store.
 */
import type { SeriesRef } from "#model/refs.ts";
import type { AppendBatch } from "./append-batch.ts";
import type { LogRecord, LogRecordDraft } from "./log-record.ts";
import type { ReadView } from "./read-view.ts";

export interface AppendContext {
  /** max(wall, last trusted + monotonic elapsed, newest durable sample at start), ms. */
  readonly trustedNowMs: number;
}

export interface AppendOutcome {
  /** Refs of the batch's label entries, index-aligned; a view valid until the next append. */
  readonly refs: Uint32Array;
  /** One verdict per sample (see `verdict.ts`); null when every sample was written. */
  readonly verdicts: Uint8Array | null;
  readonly writtenCount: number;
  /** In the order in which they must enter the log; empty when nothing changed. */
  readonly records: readonly LogRecordDraft[];
}

export interface ShardStoreStats {
  readonly seriesCount: number;
  readonly sampleCount: number;
  /** Linear memory in use and reserved. */
  readonly usedBytes: number;
  readonly reservedBytes: number;
  readonly minTimestampMs: number;
  readonly maxTimestampMs: number;
}

export interface ShardStore {
  /**
   * Changes whenever refs issued before may no longer be used (restart of the store, garbage
   * collection). A batch of another generation gets VERDICT_REF_UNKNOWN for its known samples.
   */
  readonly generation: number;
  /**
   * Errors: `storage.overloaded` when the head budget is passed (nothing was applied).
   */
  append(batch: AppendBatch, context: AppendContext): AppendOutcome;
  /** Applies a record of the log: replay at start, and every record on a follower. */
  apply(record: LogRecord): void;
  /** `name{a="b", ...}` of a live series, cut at 256 characters: for rejections and logs. */
  seriesText(ref: SeriesRef): string;
  /** A consistent view of everything applied so far; dispose to release its pins. */
  readView(): ReadView;
  stats(): ShardStoreStats;
}
