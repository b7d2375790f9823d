/**
 * Where a log goes on after recovery: what `replayLog` found and the log thread starts from. Plain
 * data, so that it may cross threads.
 */
import { LOG_BEGIN, type LogPlace } from "./log-place.ts";

/**
 * Valid records past the newest position that the log itself states as durable. They may exist in
 * the page cache only, so the first segment of the new life takes a synced copy of them.
 */
export interface LogTail {
  readonly segmentId: number;
  readonly salt: number;
  readonly start: number;
  readonly end: number;
}

export interface LogResume {
  /** Above every id in the folder, also of files that were never finished. */
  readonly nextSegmentId: number;
  /** Newest position known durable. */
  readonly previous: LogPlace;
  readonly tail: LogTail | null;
  /** Number of the newest batch seen. */
  readonly batchCount: number;
}

/** A log that never had a record. */
export const freshLogResume: LogResume = {
  nextSegmentId: 1,
  previous: LOG_BEGIN,
  tail: null,
  batchCount: 0,
};
