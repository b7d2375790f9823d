/**
 * Which segments of a folder are the log, and up to where: every header names its predecessor and
 * the durable end there, so the walk goes backwards from the newest segment. Segments that the walk
 * passes over were given up by the writer and are dead. Reads headers only, unless one is damaged.
 */
import type { Disk } from "#runtime/ports/disk.ts";
import type { LogPlace } from "./log-place.ts";
import type { LogCorruption } from "./log-recovery.ts";
import {
  decodeSegmentHeader,
  SEGMENT_HEADER_BYTES,
  segmentIdOf,
  segmentName,
  type LogIdentity,
  type SegmentHeader,
} from "./segment-format.ts";
import { salvageSegment } from "./segment-salvage.ts";

export interface PlannedSegment {
  readonly segmentId: number;
  readonly salt: number;
  readonly size: number;
  readonly previous: LogPlace;
  /** Durable end as the next segment states it; -1 for the newest segment. */
  readonly end: number;
}

export interface SegmentPlan {
  /** In log order. */
  readonly segments: readonly PlannedSegment[];
  readonly corruptions: readonly LogCorruption[];
  /** Largest id in the folder, dead and unfinished files included; 0 when there is none. */
  readonly segmentIdMax: number;
}

export async function planSegments(
  disk: Disk,
  folder: string,
  identity: LogIdentity,
): Promise<SegmentPlan> {
  const ids = (await disk.list(folder)).map(segmentIdOf).filter((id) => id > 0);
  ids.sort((a, b) => a - b);
  const corruptions: LogCorruption[] = [];
  const segments: PlannedSegment[] = [];
  // Newer versions are refused before anything else is believed, also in segments that are dead.
  const files = new Map<number, SegmentFile>();
  for (const id of ids) files.set(id, await openHeader(disk, folder, identity, id));
  let index = ids.length - 1;
  let end: SegmentEnd = "newest";
  while (index >= 0) {
    const file = files.get(ids[index]!)!;
    const { segmentId, size } = file;
    const isNamed: boolean = end !== "newest";
    const header: FoundHeader | null = file.header ?? (await salvage(disk, file, isNamed));
    const isDead = header === null && !isNamed;
    if (file.header === null && !isDead) {
      corruptions.push(corruption("header", segmentId, 0, SEGMENT_HEADER_BYTES));
    }
    if (header === null) {
      // Nothing names it: it was never finished. Else its records cannot be told from noise.
      if (isNamed) {
        corruptions.push(corruption("record", segmentId, SEGMENT_HEADER_BYTES, endOf(end, size)));
        end = "size";
      }
      index--;
      continue;
    }
    const { salt } = header;
    const older = files.get(ids[index - 1] ?? 0);
    const guess = { segmentId: older?.segmentId ?? 0, offset: older?.size ?? 0 };
    const previous: LogPlace = header.previous ?? guess;
    segments.unshift({ segmentId, salt, size, previous, end: endOf(end, size) });
    if (previous.segmentId === 0) break;
    end = previous.offset;
    index = ids.indexOf(previous.segmentId);
    if (index >= 0) continue;
    index = ids.findLastIndex((id) => id < previous.segmentId);
    // With nothing older left the log was truncated here on purpose.
    if (index >= 0) {
      corruptions.push(corruption("missing", previous.segmentId, 0, previous.offset));
      end = "size";
    }
  }
  return { segments, corruptions, segmentIdMax: ids.at(-1) ?? 0 };
}

/** `newest`: found by reading. `size`: nothing states it, so every byte of the file counts. */
type SegmentEnd = number | "newest" | "size";

function endOf(end: SegmentEnd, size: number): number {
  if (end === "newest") return -1;
  return end === "size" ? size : end;
}

interface FoundHeader {
  readonly salt: number;
  readonly previous: LogPlace | null;
}

interface SegmentFile {
  readonly path: string;
  readonly segmentId: number;
  readonly size: number;
  /** Null when absent or damaged. */
  readonly header: SegmentHeader | null;
  readonly isDamaged: boolean;
}

async function openHeader(
  disk: Disk,
  folder: string,
  identity: LogIdentity,
  segmentId: number,
): Promise<SegmentFile> {
  const path = `${folder}/${segmentName(segmentId)}`;
  const file = await disk.open(path, "read");
  try {
    const bytes = new Uint8Array(SEGMENT_HEADER_BYTES);
    const count = await file.pread(bytes, 0);
    const size = await file.size();
    const state = decodeSegmentHeader(bytes.subarray(0, count), path, identity, segmentId);
    const header = state.kind === "valid" ? state.header : null;
    return { path, segmentId, size, header, isDamaged: state.kind === "damaged" };
  } finally {
    await file.close();
  }
}

/**
 * A damaged header is reconstructed when a later segment vouches for this one, when a mark inside
 * says that the segment was in use, or when the damage is in the header alone. An absent header that
 * nothing vouches for belongs to a segment whose creation was not finished.
 */
async function salvage(
  disk: Disk,
  file: SegmentFile,
  isNamed: boolean,
): Promise<FoundHeader | null> {
  const salvaged = await salvageSegment(disk, file.path, file.segmentId, file.size);
  if (salvaged === null) return null;
  const isInUse = isNamed || salvaged.isNamedInside || (file.isDamaged && salvaged.hasFirstMark);
  return isInUse ? salvaged : null;
}

function corruption(
  kind: LogCorruption["kind"],
  segmentId: number,
  offset: number,
  length: number,
): LogCorruption {
  return { kind, segmentId, offset, length, shard: -1 };
}
