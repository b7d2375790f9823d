/**
 * Name and 64-byte header of a log segment (FORMAT.md draws it). A header ties the segment to its
 * log, gives the salt of its records, and states where the log was known durable when the segment
 * was created: bytes of older segments past that position are dead. Layout and checksum of these 64
 * bytes stay in every version, so that a newer version can always be told from damage.
 */
import { assert } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import { crc32c } from "#base/hash/crc32c.ts";
import { CORRUPTION, FORMAT_UNSUPPORTED } from "#storage/storage-errors.ts";
import type { LogPlace } from "./log-place.ts";

export const SEGMENT_HEADER_BYTES = 64;
export const SEGMENT_VERSION_MAJOR = 0;
export const SEGMENT_VERSION_MINOR = 0;
/** Version of the hashes inside series records. */
export const SEGMENT_HASH_VERSION = 0;
/** Eight digits in the name. One segment a second, as on a full disk, would take three years. */
export const SEGMENT_ID_MAX = 99_999_999;
/** Cluster uuids are 16 bytes. */
export const CLUSTER_UUID_BYTES = 16;

/** "GYREWAL0" */
const MAGIC = [0x47, 0x59, 0x52, 0x45, 0x57, 0x41, 0x4c, 0x30];
const CRC_OFFSET = 60;
const NAME = /^(\d{8})\.wal$/;

/** What every segment of one log has in common. */
export interface LogIdentity {
  readonly clusterUuid: Uint8Array;
  readonly logId: number;
}

export interface SegmentHeader {
  readonly segmentId: number;
  readonly salt: number;
  /** Durable end of the log when this segment was created. */
  readonly previous: LogPlace;
}

/**
 * `absent`: short, or without its last field, as a crash at creation leaves it. `damaged`: anything
 * else that does not verify.
 */
export type SegmentHeaderState =
  | { readonly kind: "valid"; readonly header: SegmentHeader }
  | { readonly kind: "absent" }
  | { readonly kind: "damaged" };

export function logFolder(logId: number): string {
  assert(Number.isInteger(logId) && logId >= 0 && logId <= 9999, () => `log: got id ${logId}`);
  return `wal/${String(logId).padStart(4, "0")}`;
}

export function segmentName(segmentId: number): string {
  assert(
    Number.isInteger(segmentId) && segmentId >= 1 && segmentId <= SEGMENT_ID_MAX,
    () => `segment: got id ${segmentId}`,
  );
  return `${String(segmentId).padStart(8, "0")}.wal`;
}

/** Id of the segment with this file name; 0 when it is not a segment's name. */
export function segmentIdOf(name: string): number {
  const match = NAME.exec(name);
  return match === null ? 0 : Number(match[1]);
}

export function encodeSegmentHeader(identity: LogIdentity, header: SegmentHeader): Uint8Array {
  const { clusterUuid, logId } = identity;
  assert(clusterUuid.length === CLUSTER_UUID_BYTES, "segment: the cluster uuid is not 16 bytes");
  assert(header.previous.offset <= 0xffff_ffff, "segment: previous end over 4 GiB");
  const bytes = new Uint8Array(SEGMENT_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint16(8, SEGMENT_VERSION_MAJOR, true);
  view.setUint16(10, SEGMENT_VERSION_MINOR, true);
  view.setUint16(12, SEGMENT_HASH_VERSION, true);
  bytes.set(clusterUuid, 16);
  view.setUint32(32, logId, true);
  view.setUint32(36, header.salt, true);
  view.setUint32(40, header.segmentId, true);
  view.setUint32(48, header.previous.segmentId, true);
  view.setUint32(56, header.previous.offset, true);
  view.setUint32(CRC_OFFSET, crc32c(bytes, 0, 0, CRC_OFFSET), true);
  return bytes;
}

/**
 * Judges the first bytes of the segment file `path`. Throws `storage.format-unsupported` for a
 * newer major version and `storage.corruption` for a segment of another cluster or log: both mean
 * that the folder is not ours to recover.
 */
export function decodeSegmentHeader(
  bytes: Uint8Array,
  path: string,
  identity: LogIdentity,
  segmentId: number,
): SegmentHeaderState {
  if (bytes.length < SEGMENT_HEADER_BYTES) return { kind: "absent" };
  const view = new DataView(bytes.buffer, bytes.byteOffset, SEGMENT_HEADER_BYTES);
  const hasMagic = MAGIC.every((byte, i) => bytes[i] === byte);
  const crc = view.getUint32(CRC_OFFSET, true);
  if (!hasMagic || crc !== crc32c(bytes, 0, 0, CRC_OFFSET)) {
    return { kind: crc === 0 ? "absent" : "damaged" };
  }
  refuseNewer(path, "format", view.getUint16(8, true), SEGMENT_VERSION_MAJOR);
  refuseNewer(path, "hash", view.getUint16(12, true), SEGMENT_HASH_VERSION);
  const uuid = bytes.subarray(16, 16 + CLUSTER_UUID_BYTES);
  if (!uuid.every((byte, i) => byte === identity.clusterUuid[i])) {
    throw foreign(path, "cluster", uuid.toHex(), identity.clusterUuid.toHex());
  }
  const logId = view.getUint32(32, true);
  if (logId !== identity.logId) throw foreign(path, "log", `${logId}`, `${identity.logId}`);
  // A header of another segment of this log: the file was overwritten or renamed.
  if (view.getUint32(40, true) !== segmentId) return { kind: "damaged" };
  const previous = { segmentId: view.getUint32(48, true), offset: view.getUint32(56, true) };
  return { kind: "valid", header: { segmentId, salt: view.getUint32(36, true), previous } };
}

function refuseNewer(path: string, what: string, got: number, want: number): void {
  if (got <= want) return;
  throw new EngineError(
    FORMAT_UNSUPPORTED,
    `cannot read ${path}: ${what} version got ${got}, want at most ${want}`,
    { data: { path, got, want } },
  );
}

function foreign(path: string, what: string, got: string, want: string): EngineError {
  return new EngineError(
    CORRUPTION,
    `cannot read ${path}: it belongs to another ${what}: got ${got}, want ${want}`,
    { data: { path, got, want } },
  );
}
