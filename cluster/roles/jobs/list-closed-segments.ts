/**
 * Which segments of a live log are finished: all but the newest, which the log thread may be
 * appending to. Up to where each of them counts is what the next one states.
 */
import type { Disk } from "#runtime/ports/disk.ts";
import type { LogCorruption } from "#tsdb/wal/log-recovery.ts";
import { logFolder } from "#tsdb/wal/segment-format.ts";
import type { LogIdentity } from "#tsdb/wal/segment-format.ts";
import { planSegments } from "#tsdb/wal/segment-plan.ts";
import type { ClosedSegment } from "./verify-segment.ts";

export interface ClosedSegments {
  /** In log order. */
  readonly segments: readonly ClosedSegment[];
  /** What is wrong with headers, and segments that are missing. */
  readonly corruptions: readonly LogCorruption[];
}

export async function listClosedSegments(
  disk: Disk,
  identity: LogIdentity,
): Promise<ClosedSegments> {
  const { segments, corruptions } = await planSegments(disk, logFolder(identity.logId), identity);
  const closed = segments.filter(({ end }) => end >= 0);
  return {
    segments: closed.map(({ segmentId, salt, end }) => ({ segmentId, salt, end })),
    corruptions,
  };
}
