/**
 * The first 64 bytes of blocks and manifests (block/FORMAT.md draws them): what kind of file, which
 * versions, whose cluster and shard, which number. Layout and checksum of these bytes stay in every
 * version, so a newer version can always be told from damage. The checksum also seeds the checksums
 * of what follows: bytes of another file never verify.
 */
import { assert } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import { crc32c } from "#base/hash/crc32c.ts";
import type { ShardId } from "#model/refs.ts";
import { CORRUPTION, FORMAT_UNSUPPORTED } from "#storage/storage-errors.ts";

export const FILE_HEADER_BYTES = 64;
const MAGIC_BYTES = 8;
const CLUSTER_UUID_BYTES = 16;
const CRC_OFFSET = 60;

/** One kind of file: eight ASCII characters and the versions this program writes. */
export interface FileFormat {
  readonly magic: string;
  readonly versionMajor: number;
  readonly versionMinor: number;
  /** Version of fingerprints, placements and digests inside. */
  readonly versionHash: number;
}

/** Whose file it is. */
export interface FileOwner {
  /** 16 bytes. */
  readonly clusterUuid: Uint8Array;
  readonly shard: ShardId;
}

export interface FileHeader {
  readonly fileId: number;
  /** What the kind of file likes to say in a byte: the tier of a block. */
  readonly tag: number;
  /** Seed of the checksums in the file. */
  readonly salt: number;
}

export function encodeFileHeader(
  format: FileFormat,
  owner: FileOwner,
  fileId: number,
  tag: number,
): Uint8Array<ArrayBuffer> {
  assert(owner.clusterUuid.length === CLUSTER_UUID_BYTES, "file header: cluster uuid of 16 bytes");
  assert(
    Number.isInteger(fileId) && fileId >= 1 && fileId <= 0xffff_ffff,
    () => `file: got id ${fileId}`,
  );
  const bytes = new Uint8Array(FILE_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(magicOf(format));
  view.setUint16(8, format.versionMajor, true);
  view.setUint16(10, format.versionMinor, true);
  view.setUint16(12, format.versionHash, true);
  bytes.set(owner.clusterUuid, 16);
  view.setUint16(32, owner.shard, true);
  view.setUint8(34, tag);
  view.setUint32(40, fileId, true);
  view.setUint32(CRC_OFFSET, crc32c(bytes, 0, 0, CRC_OFFSET), true);
  return bytes;
}

/** The salt that a header with these bytes gives. */
export function fileSalt(header: Uint8Array): number {
  return new DataView(header.buffer, header.byteOffset).getUint32(CRC_OFFSET, true);
}

/**
 * Throws `storage.format-unsupported` for a newer major version, `storage.corruption` for anything
 * else that is not file `fileId` of `owner`.
 */
export function decodeFileHeader(
  bytes: Uint8Array,
  path: string,
  format: FileFormat,
  owner: FileOwner,
  fileId: number,
): FileHeader {
  if (bytes.length < FILE_HEADER_BYTES) {
    throw damaged(path, `got ${bytes.length} bytes, want a header of ${FILE_HEADER_BYTES}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, FILE_HEADER_BYTES);
  if (magicOf(format).some((byte, i) => bytes[i] !== byte)) {
    const got = bytes.subarray(0, MAGIC_BYTES).toHex();
    throw damaged(path, `magic got ${got}, want ${format.magic}`);
  }
  const salt = view.getUint32(CRC_OFFSET, true);
  const sum = crc32c(bytes, 0, 0, CRC_OFFSET);
  if (salt !== sum) throw damaged(path, `header checksum got ${salt}, want ${sum}`);
  refuseNewer(path, "format", view.getUint16(8, true), format.versionMajor);
  refuseNewer(path, "hash", view.getUint16(12, true), format.versionHash);
  const uuid = bytes.subarray(16, 16 + CLUSTER_UUID_BYTES);
  if (uuid.some((byte, i) => byte !== owner.clusterUuid[i])) {
    throw damaged(path, `cluster got ${uuid.toHex()}, want ${owner.clusterUuid.toHex()}`);
  }
  wantEqual(path, "shard", view.getUint16(32, true), owner.shard);
  wantEqual(path, "file id", view.getUint32(40, true), fileId);
  return { fileId, tag: view.getUint8(34), salt };
}

function magicOf(format: FileFormat): number[] {
  assert(format.magic.length === MAGIC_BYTES, () => `file format: magic ${format.magic}`);
  return [...format.magic].map((letter) => letter.charCodeAt(0));
}

function refuseNewer(path: string, what: string, got: number, want: number): void {
  if (got <= want) return;
  throw new EngineError(
    FORMAT_UNSUPPORTED,
    `cannot read ${path}: ${what} version got ${got}, want at most ${want}`,
    { data: { path, got, want } },
  );
}

function wantEqual(path: string, what: string, got: number, want: number): void {
  if (got !== want) throw damaged(path, `${what} got ${got}, want ${want}`);
}

function damaged(path: string, cause: string): EngineError {
  return new EngineError(CORRUPTION, `cannot read ${path}: ${cause}`, { data: { path } });
}
