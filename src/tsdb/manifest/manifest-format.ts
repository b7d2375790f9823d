/**
 * Names and bytes of manifest files (FORMAT.md draws them). A record is written twice, one copy
 * behind the other, so one damaged place costs nothing. Its checksum is seeded with the file's, so
 * bytes of another manifest never verify.
 */
import { assert } from "#base/assert.ts";
import { crc32c } from "#base/hash/crc32c.ts";
import type { ShardId } from "#model/refs.ts";
import { shardFolder } from "../block/block-path.ts";
import { FILE_HEADER_BYTES, type FileFormat } from "../block/file-header.ts";
import { TEMPORARY_SUFFIX } from "../block/temporary-file.ts";
import { MANIFEST_PAYLOAD_BYTES_MAX } from "./manifest-edit-codec.ts";

export const MANIFEST_FORMAT: FileFormat = {
  magic: "GYREMFT0",
  versionMajor: 0,
  versionMinor: 0,
  versionHash: 0,
};

/** The header stands twice. */
export const MANIFEST_HEADER_BYTES: number = 2 * FILE_HEADER_BYTES;
/** The first record of a file: the whole state. */
export const MANIFEST_SNAPSHOT = 1;
/** Every other record: what changes. */
export const MANIFEST_EDIT = 2;
export const MANIFEST_RECORD_HEADER_BYTES = 32;
/** A file is left for a new one behind it when a shard opens and when it has grown, so 10^8 last. */
const FILE_ID_MAX = 99_999_999;
const CRC_OFFSET = 28;
const NAME = /^(\d{8})\.mft$/;

export interface ManifestRecord {
  readonly type: number;
  readonly epoch: number;
  readonly version: number;
  /** Checksum of the record before it in the file; 0 for the first. */
  readonly previousCrc: number;
  readonly crc: number;
  /** A multiple of eight bytes. */
  readonly payload: Uint8Array;
}

export function manifestFolder(shard: ShardId): string {
  return `${shardFolder(shard)}/manifest`;
}

export function manifestFileName(fileId: number): string {
  assert(
    Number.isInteger(fileId) && fileId >= 1 && fileId <= FILE_ID_MAX,
    () => `manifest: got file id ${fileId}`,
  );
  return `${String(fileId).padStart(8, "0")}.mft`;
}

/** Id of the manifest file with this name; 0 when it is not such a name. */
export function manifestFileIdOf(name: string): number {
  const match = NAME.exec(name);
  return match === null ? 0 : Number(match[1]);
}

export function isTemporaryName(name: string): boolean {
  return name.endsWith(TEMPORARY_SUFFIX);
}

/** Both copies of a record. */
export function encodeManifestRecord(
  salt: number,
  record: Omit<ManifestRecord, "crc">,
): { readonly bytes: Uint8Array<ArrayBuffer>; readonly crc: number } {
  const { payload } = record;
  assert(payload.length % 8 === 0, () => `manifest record: payload of ${payload.length} bytes`);
  const length = MANIFEST_RECORD_HEADER_BYTES + payload.length;
  const bytes = new Uint8Array(2 * length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, payload.length, true);
  view.setUint8(4, record.type);
  view.setUint32(8, record.version, true);
  view.setUint32(12, Math.floor(record.version / 0x1_0000_0000), true);
  view.setUint32(16, record.epoch, true);
  view.setUint32(20, record.previousCrc, true);
  bytes.set(payload, MANIFEST_RECORD_HEADER_BYTES);
  const crc = recordCrc(bytes, 0, length, salt);
  view.setUint32(CRC_OFFSET, crc, true);
  bytes.copyWithin(length, 0, length);
  return { bytes, crc };
}

/** The record copy at `offset`, or null when no valid one starts there. */
export function decodeManifestRecord(
  bytes: Uint8Array,
  offset: number,
  salt: number,
): ManifestRecord | null {
  const room = bytes.length - offset - MANIFEST_RECORD_HEADER_BYTES;
  if (room < 0) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, MANIFEST_RECORD_HEADER_BYTES);
  const payloadBytes = view.getUint32(0, true);
  const type = view.getUint8(4);
  const isPossible =
    payloadBytes <= Math.min(room, MANIFEST_PAYLOAD_BYTES_MAX) && payloadBytes % 8 === 0;
  if (!isPossible || type === 0) return null;
  const end = offset + MANIFEST_RECORD_HEADER_BYTES + payloadBytes;
  const crc = view.getUint32(CRC_OFFSET, true);
  if (crc !== recordCrc(bytes, offset, end, salt)) return null;
  return {
    type,
    version: view.getUint32(12, true) * 0x1_0000_0000 + view.getUint32(8, true),
    epoch: view.getUint32(16, true),
    previousCrc: view.getUint32(20, true),
    crc,
    payload: bytes.subarray(offset + MANIFEST_RECORD_HEADER_BYTES, end),
  };
}

/** Over everything but the checksum itself. */
function recordCrc(bytes: Uint8Array, start: number, end: number, salt: number): number {
  const head = crc32c(bytes, salt, start, start + CRC_OFFSET);
  return crc32c(bytes, head, start + MANIFEST_RECORD_HEADER_BYTES, end);
}
