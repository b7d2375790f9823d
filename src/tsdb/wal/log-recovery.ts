/**
 * What reading a log found out: where to go on, what each shard's chain ends with, and what was
 * wrong. Damage is only ever reported: recovery changes no byte.
 */
import type { LogResume } from "./log-resume.ts";
import type { ManifestWitnesses } from "./manifest-witness.ts";

/**
 * `record`: bytes below a durable position that hold no valid record. `header`: a segment header
 * that had to be reconstructed or passed over. `short`: a segment ends before its durable end.
 * `missing`: a segment that a later one continues is not there. `gap`: a shard's chain is broken
 * here, so records of it before this one are lost.
 */
export type LogCorruptionKind = "record" | "header" | "short" | "missing" | "gap";

export interface LogCorruption {
  readonly kind: LogCorruptionKind;
  readonly segmentId: number;
  readonly offset: number;
  /** Bytes concerned; 0 for a gap. */
  readonly length: number;
  /** Shard of a gap, else -1. */
  readonly shard: number;
}

/** What the log holds of one shard. */
export interface ShardChain {
  /** Checksum chain of its newest record: what the next record continues. */
  chain: number;
  firstSeq: number;
  lastSeq: number;
  recordCount: number;
}

export interface LogRecovery {
  readonly resume: LogResume;
  readonly shards: ReadonlyMap<number, ShardChain>;
  /** The newest that the log knows of. */
  readonly manifests: ManifestWitnesses;
  /** Oldest segment that was read; 0 when there is none. */
  readonly oldestSegmentId: number;
  /** The first `corruptionsMax`, in log order. */
  readonly corruptions: readonly LogCorruption[];
  readonly corruptionCount: number;
  /** Bytes behind the end of the log in its last segment: a write that never finished. */
  readonly tornBytes: number;
  readonly recordCount: number;
  readonly recordBytes: number;
  /** Records of types that this version does not know and may ignore. */
  readonly skippedCount: number;
}

/** Details kept; beyond it only the count grows. A wrecked disk must not fill memory. */
export const corruptionsMax = 1000;

export interface LogProgress {
  readonly segmentId: number;
  readonly bytesDone: number;
  readonly bytesTotal: number;
  readonly recordCount: number;
}
