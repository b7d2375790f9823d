/**
 * A record of a shard's log, as storage makes it and replays it. The bytes around the payload
 * (length, checksums, chain) belong to `tsdb/wal`; the payload is the same on every replica.
 */
import type { Epoch, Seq, ShardId } from "#model/refs.ts";

export const RECORD_SAMPLES = 1;
export const RECORD_SERIES = 2;
/** Samples of which some are native histograms. */
export const RECORD_HISTOGRAMS = 3;
export const RECORD_EXEMPLARS = 4;
export const RECORD_METADATA = 5;
export const RECORD_TOMBSTONE = 6;
export const RECORD_CUT = 7;
export const RECORD_CONFIG = 8;
/** Log-level record without a shard: opens a group-commit batch, carries the durable position. */
export const RECORD_MARK = 9;
/** Log-level record: the newest manifest version of each shard of the log. */
export const RECORD_MANIFESTS = 10;

/** Flag bit 0: a reader that does not know the type must stop instead of skipping by length. */
export const RECORD_FLAG_MUST_UNDERSTAND = 1;

export interface LogRecordDraft {
  readonly type: number;
  readonly flags: number;
  /** Items inside: samples, series, ... */
  readonly count: number;
  /** Multiple of 8 bytes. A view that is valid until the next call of its maker. */
  readonly payload: Uint8Array;
}

export interface LogRecord extends LogRecordDraft {
  readonly shard: ShardId;
  readonly epoch: Epoch;
  readonly seq: Seq;
  /** Writer identity for idempotent retries, as two words each: low, high. 0 = none. */
  readonly writerId: readonly [number, number];
  readonly writerSeq: readonly [number, number];
}
