/**
 * Reads the manifest of a shard: the newest file that begins with a valid snapshot, record by
 * record, from whichever copy of each is good. Writes nothing, so a crash inside changes nothing.
 * Bytes behind the last valid record are a write that never finished; damage anywhere else is
 * passed over where the other copy is good and named where it is not.
 */
import { EngineError, isErrorOf } from "#base/engine-error.ts";
import type { Epoch, ShardId } from "#model/refs.ts";
import type { Disk } from "#runtime/ports/disk.ts";
import { CORRUPTION, FORMAT_UNSUPPORTED } from "#storage/storage-errors.ts";
import { decodeFileHeader, FILE_HEADER_BYTES, type FileOwner } from "../block/file-header.ts";
import { readRange } from "../block/read-range.ts";
import { decodeEdit, MANIFEST_PAYLOAD_BYTES_MAX } from "./manifest-edit-codec.ts";
import {
  decodeManifestRecord,
  MANIFEST_EDIT,
  MANIFEST_FORMAT,
  MANIFEST_HEADER_BYTES,
  MANIFEST_RECORD_HEADER_BYTES,
  MANIFEST_SNAPSHOT,
  manifestFileIdOf,
  manifestFileName,
  manifestFolder,
  type ManifestRecord,
} from "./manifest-format.ts";
import { applyEdit, EMPTY_MANIFEST, type ManifestState } from "./manifest-state.ts";

/**
 * `file`: a whole file is no manifest, an older one was taken. `gap`: versions are lost between two
 * records. A manifest that is older than its shard's log says, or gone, looks sound: `manifestLoss`.
 */
export type ManifestCorruptionKind = "file" | "gap";

export interface ManifestCorruption {
  readonly kind: ManifestCorruptionKind;
  readonly path: string;
  /** Byte of the file, 0 when none in particular. */
  readonly offset: number;
  readonly cause: string;
}

export interface ManifestLoad {
  readonly state: ManifestState;
  /** Newest file number in the folder; 0 when there is none. */
  readonly newestFileId: number;
  /** Damaged places whose contents the other copy had. */
  readonly healedCount: number;
  /** Bytes behind the last valid record: a commit that was never acknowledged. */
  readonly tornBytes: number;
  /** What was lost for good. Empty on a sound manifest. */
  readonly corruptions: readonly ManifestCorruption[];
}

/** Twice the largest snapshot, and edits up to the limit of `manifest.ts` behind it. */
const MANIFEST_FILE_BYTES_MAX: number = 4 * MANIFEST_PAYLOAD_BYTES_MAX;

/** Throws `storage.format-unsupported` for a newer version; damage is in the answer. */
export async function loadManifest(disk: Disk, owner: FileOwner): Promise<ManifestLoad> {
  const folder = manifestFolder(owner.shard);
  const ids = (await disk.list(folder)).map(manifestFileIdOf).filter((id) => id > 0);
  ids.sort((a, b) => b - a);
  const corruptions: ManifestCorruption[] = [];
  let scan = emptyScan(owner.shard);
  for (const fileId of ids) {
    const path = `${folder}/${manifestFileName(fileId)}`;
    try {
      scan = await readManifestFile(disk, path, owner, fileId);
      break;
    } catch (error) {
      if (!(error instanceof EngineError) || error.code === FORMAT_UNSUPPORTED.code) throw error;
      corruptions.push({ kind: "file", path, offset: 0, cause: error.message });
    }
  }
  corruptions.push(...scan.corruptions);
  const { state } = scan;
  const { healedCount, tornBytes } = scan;
  return { state, newestFileId: ids[0] ?? 0, healedCount, tornBytes, corruptions };
}

interface ManifestScan {
  readonly path: string;
  readonly folderShard: ShardId;
  state: ManifestState;
  /** Checksum of the newest record; 0 before the first. */
  crc: number;
  healedCount: number;
  tornBytes: number;
  readonly corruptions: ManifestCorruption[];
}

function emptyScan(folderShard: ShardId, path = ""): ManifestScan {
  const counts = { crc: 0, healedCount: 0, tornBytes: 0 };
  return { path, folderShard, state: EMPTY_MANIFEST, ...counts, corruptions: [] };
}

async function readManifestFile(
  disk: Disk,
  path: string,
  owner: FileOwner,
  fileId: number,
): Promise<ManifestScan> {
  const bytes = await readFile(disk, path);
  const { salt, isHealed } = decodeHeaders(bytes, path, owner, fileId);
  const scan = emptyScan(owner.shard, path);
  if (isHealed) scan.healedCount++;
  let offset = MANIFEST_HEADER_BYTES;
  let isDamaged = false;
  while (offset < bytes.length) {
    const record = decodeManifestRecord(bytes, offset, salt);
    if (record !== null) {
      const isGap = takeRecord(scan, record, offset);
      if (isDamaged && !isGap) scan.healedCount++;
      isDamaged = false;
      offset += MANIFEST_RECORD_HEADER_BYTES + record.payload.length;
      continue;
    }
    const next = findRecord(bytes, offset + 8, salt);
    if (next < 0) {
      scan.tornBytes = bytes.length - offset;
      break;
    }
    isDamaged = true;
    offset = next;
  }
  if (scan.crc !== 0) return scan;
  throw new EngineError(CORRUPTION, `cannot read ${path}: got no valid record, want a snapshot`);
}

/** The header stands twice. A newer version is refused even when only one copy says so. */
function decodeHeaders(
  bytes: Uint8Array,
  path: string,
  owner: FileOwner,
  fileId: number,
): { readonly salt: number; readonly isHealed: boolean } {
  const decode = (at: number): number =>
    decodeFileHeader(bytes.subarray(at), path, MANIFEST_FORMAT, owner, fileId).salt;
  try {
    const salt = decode(0);
    const second = bytes.subarray(FILE_HEADER_BYTES, MANIFEST_HEADER_BYTES);
    return { salt, isHealed: second.some((byte, i) => byte !== bytes[i]) };
  } catch (error) {
    if (!isErrorOf(error, CORRUPTION) || bytes.length < MANIFEST_HEADER_BYTES) throw error;
    return { salt: decode(FILE_HEADER_BYTES), isHealed: true };
  }
}

/** Applies a record unless it is the second copy of the one before; true when versions are lost. */
function takeRecord(scan: ManifestScan, record: ManifestRecord, offset: number): boolean {
  if (record.crc === scan.crc && record.version === scan.state.version) return false;
  const isFirst = scan.crc === 0;
  const continues = record.previousCrc === scan.crc && record.version === scan.state.version + 1;
  if (!isFirst && !continues) {
    const cause = `version got ${record.version}, want ${scan.state.version + 1}`;
    scan.corruptions.push({ kind: "gap", path: scan.path, offset, cause });
  }
  if (record.type !== MANIFEST_SNAPSHOT && (isFirst || record.type !== MANIFEST_EDIT)) {
    throw refusedType(scan.path, record, offset, isFirst);
  }
  const what = `${scan.path} at ${offset}`;
  const decoded = decodeEdit(record.payload, record.epoch as Epoch, what);
  const { folderShard } = scan;
  const addBlocks = (decoded.addBlocks ?? []).map((block) => ({ ...block, folderShard }));
  const edit = { ...decoded, addBlocks };
  const before = record.type === MANIFEST_SNAPSHOT ? EMPTY_MANIFEST : scan.state;
  scan.state = { ...applyEdit(before, edit), version: record.version };
  scan.crc = record.crc;
  return !isFirst && !continues;
}

function refusedType(
  path: string,
  record: ManifestRecord,
  offset: number,
  isFirst: boolean,
): EngineError {
  const isKnown = record.type === MANIFEST_EDIT;
  const want = isFirst ? "a snapshot" : `at most ${MANIFEST_EDIT}`;
  return new EngineError(
    isKnown ? CORRUPTION : FORMAT_UNSUPPORTED,
    `cannot read ${path}: record type at ${offset} got ${record.type}, want ${want}`,
    { data: { path, offset } },
  );
}

/** Offset of the first valid record at or behind `from`, on a multiple of eight; -1 for none. */
function findRecord(bytes: Uint8Array, from: number, salt: number): number {
  for (let at = from; at + MANIFEST_RECORD_HEADER_BYTES <= bytes.length; at += 8) {
    if (decodeManifestRecord(bytes, at, salt) !== null) return at;
  }
  return -1;
}

async function readFile(disk: Disk, path: string): Promise<Uint8Array> {
  const file = await disk.open(path, "read");
  try {
    const size = await file.size();
    if (size <= MANIFEST_FILE_BYTES_MAX) return await readRange(file, 0, size);
    const cause = `got ${size} bytes, want at most ${MANIFEST_FILE_BYTES_MAX}`;
    throw new EngineError(CORRUPTION, `cannot read ${path}: ${cause}`, { data: { path } });
  } finally {
    await file.close();
  }
}
