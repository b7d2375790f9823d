/**
 * Reconstructs what a damaged segment header said, from the records behind it. The salt follows from
 * any record: its checksum field is a reversible function of salt and chain, and the next record
 * proves the result. The predecessor follows from the mark that opens the segment. Read-only.
 */
import type { Disk } from "#runtime/ports/disk.ts";
import { RECORD_MARK } from "#storage/log-record.ts";
import type { LogPlace } from "./log-place.ts";
import { decodeMark } from "./record-codec.ts";
import { SEGMENT_HEADER_BYTES } from "./segment-format.ts";
import { SegmentScanner } from "./segment-scanner.ts";

/** Reflected Castagnoli polynomial, as in `crc32c`. */
const POLYNOMIAL = 0x82f6_3b78;

export interface SalvagedSegment {
  readonly salt: number;
  /** Durable end of the log when the segment was created; null when its first mark is lost. */
  readonly previous: LogPlace | null;
  /** The mark right behind the header is intact, so the damage is in the header alone. */
  readonly hasFirstMark: boolean;
  /** A later batch states bytes of this segment as durable: it was in use. */
  readonly isNamedInside: boolean;
}

/** Null when no two records follow each other: then there is nothing to recover. */
export async function salvageSegment(
  disk: Disk,
  path: string,
  segmentId: number,
  size: number,
): Promise<SalvagedSegment | null> {
  const file = await disk.open(path, "read");
  try {
    const search = new SegmentScanner(file, 0, SEGMENT_HEADER_BYTES, size);
    let at = await search.findCandidate(SEGMENT_HEADER_BYTES);
    for (; at >= 0; at = await search.findCandidate(at + 8)) {
      const salt = saltOf(search.header.crc, search.chain);
      const scanner = new SegmentScanner(file, salt, at, size);
      await scanner.next();
      if ((await scanner.next()) !== "record") continue;
      scanner.offset = at;
      return await readMarks(scanner, segmentId);
    }
    return null;
  } finally {
    await file.close();
  }
}

async function readMarks(scanner: SegmentScanner, segmentId: number): Promise<SalvagedSegment> {
  let previous: LogPlace | null = null;
  let hasFirstMark = false;
  let isNamedInside = false;
  for (;;) {
    const outcome = await scanner.next();
    if (outcome === "end") break;
    if (outcome === "bad") {
      if ((await scanner.findNext(scanner.offset + 8)) < 0) break;
      continue;
    }
    if (scanner.header.type !== RECORD_MARK) continue;
    const place = decodeMark(scanner.payload);
    if (place.segmentId === segmentId) {
      isNamedInside = true;
      break;
    }
    previous ??= place;
    hasFirstMark ||= scanner.recordOffset === SEGMENT_HEADER_BYTES;
  }
  return { salt: scanner.salt, previous, hasFirstMark, isNamedInside };
}

/** The salt with which `sealCrc(salt, chain)` gives `crc`. */
export function saltOf(crc: number, chain: number): number {
  return ~unshift(unshift(~crc) ^ chain) >>> 0;
}

/** Undoes 32 bit steps of the checksum: its top bit tells whether a step added the polynomial. */
function unshift(state: number): number {
  let crc = state;
  for (let bit = 0; bit < 32; bit++) crc = crc < 0 ? ((crc ^ POLYNOMIAL) << 1) | 1 : crc << 1;
  return crc;
}
