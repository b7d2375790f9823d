/**
 * The data of one shard replica, as its actor sees it. Single threaded and synchronous: an append
 * judges, applies and drafts the log records in one step; the actor numbers the records, hands them
 * to the log and answers when they are durable. Replaying the same records gives the same store.
 */
import type { Seq, SeriesRef, TenantId } from "#model/refs.ts";
import type { AppendBatch, EncodedItems } from "./append-batch.ts";
import type { ExemplarCounts } from "./append-reply.ts";
import type { Rejection } from "./body-appender.ts";
import type { ExemplarSelect } from "./exemplar.ts";
import type { ClosedGeneration, GenerationCursor, SeriesRecordCursor } from "./head-generation.ts";
import type { LabelCountsCursor } from "./label-counts.ts";
import type { LogRecord, LogRecordDraft } from "./log-record.ts";
import type { MetadataSelect } from "./metric-metadata.ts";
import type { ReadView } from "./read-view.ts";

export interface AppendContext {
  /** max(wall, last trusted + monotonic elapsed, newest durable sample at start), ms. */
  readonly trustedNowMs: number;
  /**
   * True when the node's head budget is nearly used up: a batch with series that the shard does not
   * know is refused whole with `storage.overloaded`.
   */
  readonly refusesNewSeries?: boolean;
}

export interface AppendOutcome {
  /** Refs of the batch's label entries, index-aligned; a view valid until the next append. */
  readonly refs: Uint32Array;
  /** One verdict per sample (see `verdict.ts`); null when every sample was written. */
  readonly verdicts: Uint8Array | null;
  readonly writtenCount: number;
  /** What the tenant may have, when series were refused for it; their refs are `NO_SERIES_REF`. */
  readonly seriesLimit?: number;
  /** In the order in which they must enter the log; empty when nothing changed. */
  readonly records: readonly LogRecordDraft[];
  /** Of a batch with exemplars. */
  readonly exemplars?: ExemplarOutcome;
}

export interface ExemplarOutcome extends ExemplarCounts {
  /** The first few. */
  readonly rejections: readonly Rejection[];
}

export interface ShardStoreStats {
  /** Live series, and samples of generations that are not released. */
  readonly seriesCount: number;
  readonly sampleCount: number;
  /** Memory in use, index and histograms included, and taken from the machine. */
  readonly usedBytes: number;
  readonly reservedBytes: number;
  /** Oldest sample not released; newest sample ever. */
  readonly minTimestampMs: number;
  readonly maxTimestampMs: number;
  /** Kept beside the samples; metrics are those with metadata. */
  readonly exemplarCount: number;
  readonly describedMetricCount: number;
}

export interface ShardStore {
  /**
   * Changes whenever receivers must forget the refs they know (restart of the store, use of a ref
   * that a cut has dropped). A batch of a generation that this store never had gets
   * VERDICT_REF_UNKNOWN for its known samples. Not to be confused with head generations.
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
  /** Series by series, each in time order; a copy. */
  exemplars(select: ExemplarSelect): EncodedItems;
  /** In no order; a copy. */
  metadata(select: MetadataSelect): EncodedItems;
  stats(): ShardStoreStats;
  /** How the labels of a tenant spread over its series, from the index. */
  labelCounts(tenant: TenantId): LabelCountsCursor;

  /**
   * Closes the current head generation behind the newest record and drafts the cut, which the actor
   * logs as the shard's next record. Series that took no sample in it and in the one before, and
   * hold none, are dropped. `apply` of the record does the same. Errors: `storage.overloaded` while
   * GENERATIONS_CLOSED_MAX generations wait for their release.
   */
  cut(): LogRecordDraft;
  /** Closed and not released, oldest first. */
  closedGenerations(): readonly ClosedGeneration[];
  /** All samples of a closed generation, for a flush. */
  readGeneration(number: number): GenerationCursor;
  /**
   * The oldest closed generation is in blocks: read views opened from now on leave its samples out.
   * Its memory comes back when the last view opened before is disposed.
   */
  releaseGeneration(number: number): void;
  /**
   * What the series log keeps of a closed generation's cut: series, metadata and exemplars that are
   * "new" in it, or "all" that are held (to rewrite the file). Write and sync it before the log is truncated.
   */
  seriesRecords(number: number, which: "new" | "all"): SeriesRecordCursor;
  /** Takes a record of the series log. All of them come before the first `apply`. */
  restore(draft: LogRecordDraft): void;
  /**
   * Samples of records up to `seq` are in blocks: the first record applied or drafted comes behind
   * it. Once, after the last `restore` and before anything else.
   */
  resumeBehind(seq: Seq): void;
}
