/**
 * Drops the oldest segments of a log once nothing in them is needed: oldest first, each removal made
 * durable before the next, so that a crash always leaves an unbroken end of the log.
 */
import type { Disk } from "#runtime/ports/disk.ts";
import { segmentIdOf, segmentName } from "./segment-format.ts";

/** Removes segments below `segmentId`, which must not be above the one being written. */
export async function dropSegmentsBefore(
  disk: Disk,
  folder: string,
  segmentId: number,
): Promise<number> {
  const ids = (await disk.list(folder)).map(segmentIdOf).filter((id) => id > 0 && id < segmentId);
  ids.sort((a, b) => a - b);
  for (const id of ids) {
    await disk.unlink(`${folder}/${segmentName(id)}`);
    await disk.syncDir(folder);
  }
  return ids.length;
}
