/**
 * Reads a finished log segment again and verifies every record's checksum, as recovery would: what
 * is damaged is reported and passed over, and no byte is changed. It reads through the page cache,
 * so it finds what recovery would find, which for cached pages is not yet what the device holds.
 */
import { isErrorOf } from "#base/engine-error.ts";
import type { Disk, DiskFile } from "#runtime/ports/disk.ts";
import { runtimeErrors } from "#runtime/runtime-errors.ts";
import type { LogCorruption } from "#tsdb/wal/log-recovery.ts";
import { logFolder, SEGMENT_HEADER_BYTES, segmentName } from "#tsdb/wal/segment-format.ts";
import { SegmentScanner } from "#tsdb/wal/segment-scanner.ts";

export interface ClosedSegment {
  readonly segmentId: number;
  readonly salt: number;
  /** Bytes behind it are dead. */
  readonly end: number;
}

export interface SegmentReport {
  /** False when the segment was dropped meanwhile: its data is no longer needed. */
  readonly isThere: boolean;
  readonly bytes: number;
  readonly recordCount: number;
  readonly damagedBytes: number;
  readonly corruptionCount: number;
  /** The first `CORRUPTIONS_MAX`. */
  readonly corruptions: readonly LogCorruption[];
}

/** A wrecked file must not fill memory; the count goes on. */
const CORRUPTIONS_MAX = 100;
/** Read at a time, and between two pauses: short bursts, few system calls. */
export const VERIFY_WINDOW_BYTES: number = 1024 * 1024;

/** `pause` is called with the bytes read so far, about once per window. */
export async function verifySegment(
  disk: Disk,
  logId: number,
  segment: ClosedSegment,
  pause: (bytesDone: number) => Promise<void>,
): Promise<SegmentReport> {
  const path = `${logFolder(logId)}/${segmentName(segment.segmentId)}`;
  let file: DiskFile;
  try {
    file = await disk.open(path, "read");
  } catch (error) {
    if (isErrorOf(error, runtimeErrors.diskNotFound)) return GONE;
    throw error;
  }
  try {
    return await verify(file, segment, pause);
  } finally {
    await file.close();
  }
}

const GONE: SegmentReport = {
  isThere: false,
  bytes: 0,
  recordCount: 0,
  damagedBytes: 0,
  corruptionCount: 0,
  corruptions: [],
};

async function verify(
  file: DiskFile,
  { segmentId, salt, end }: ClosedSegment,
  pause: (bytesDone: number) => Promise<void>,
): Promise<SegmentReport> {
  const corruptions: LogCorruption[] = [];
  let corruptionCount = 0;
  let damagedBytes = 0;
  const damaged = (kind: LogCorruption["kind"], offset: number, length: number): void => {
    corruptionCount++;
    damagedBytes += length;
    if (corruptions.length === CORRUPTIONS_MAX) return;
    corruptions.push({ kind, segmentId, offset, length, shard: -1 });
  };
  const size = await file.size();
  const limit = Math.min(end, size);
  const scanner = new SegmentScanner(
    file,
    salt,
    Math.min(SEGMENT_HEADER_BYTES, limit),
    limit,
    VERIFY_WINDOW_BYTES,
  );
  let recordCount = 0;
  let pausedAt = 0;
  for (;;) {
    const outcome = await scanner.next();
    if (outcome === "end") break;
    if (outcome === "record") {
      recordCount++;
    } else {
      const bad = scanner.offset;
      const next = await scanner.findNext(bad + 8);
      damaged("record", bad, (next < 0 ? limit : next) - bad);
    }
    if (scanner.offset - pausedAt >= VERIFY_WINDOW_BYTES) {
      pausedAt = scanner.offset;
      await pause(pausedAt);
    }
  }
  if (size < end) damaged("short", size, end - size);
  return { isThere: true, bytes: limit, recordCount, damagedBytes, corruptionCount, corruptions };
}
