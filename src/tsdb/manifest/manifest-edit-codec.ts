/**
 * Payload of a manifest record (FORMAT.md): a list of items, each with its kind and length, so that
 * a later version may add kinds. A kind from 128 on may be passed over by who does not know it.
 */
import { ByteReader } from "#base/bytes/byte-reader.ts";
import { ByteWriter } from "#base/bytes/byte-writer.ts";
import { EngineError } from "#base/engine-error.ts";
import { SHARDS_MAX, type Epoch, type Seq, type ShardId } from "#model/refs.ts";
import { FORMAT_UNSUPPORTED } from "#storage/storage-errors.ts";
import { decodeBlockMeta, encodeBlockMeta } from "../block/block-meta-codec.ts";
import { decodeTombstone, encodeTombstone } from "../tombstone/tombstone-codec.ts";
import type { Tombstone } from "../tombstone/tombstone.ts";
import type { BlockEntry, BlockKey } from "./block-entry.ts";
import type { ManifestEdit } from "./manifest-state.ts";

/** A snapshot of MANIFEST_BLOCKS_MAX blocks of some 120 bytes fits. */
export const MANIFEST_PAYLOAD_BYTES_MAX: number = 16 * 1024 * 1024;

const ITEM_END = 0;
const ITEM_FLUSHED = 1;
const ITEM_NEXT_BLOCK = 2;
const ITEM_ADD_BLOCK = 3;
const ITEM_REMOVE_BLOCK = 4;
const ITEM_ADD_TOMBSTONE = 5;
const ITEM_REMOVE_TOMBSTONE = 6;
const ITEM_OPTIONAL_MIN = 128;

/** A multiple of eight bytes, owned by the caller. */
export function encodeEdit(edit: ManifestEdit): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter({ bytesMax: MANIFEST_PAYLOAD_BYTES_MAX });
  const item = (kind: number, write: () => void): void => {
    writer.u8(kind);
    const lengthAt = writer.skip(4);
    const start = writer.length;
    write();
    writer.patchU32(lengthAt, writer.length - start);
  };
  const { flushedSeq, nextBlockId } = edit;
  if (flushedSeq !== undefined) item(ITEM_FLUSHED, () => writer.varint(flushedSeq));
  if (nextBlockId !== undefined) item(ITEM_NEXT_BLOCK, () => writer.varint(nextBlockId));
  for (const key of edit.removeBlocks ?? []) item(ITEM_REMOVE_BLOCK, () => writer.varint(key));
  for (const block of edit.addBlocks ?? []) item(ITEM_ADD_BLOCK, () => encodeEntry(writer, block));
  for (const seq of edit.removeTombstones ?? []) {
    item(ITEM_REMOVE_TOMBSTONE, () => writer.varint(seq));
  }
  for (const tombstone of edit.addTombstones ?? []) {
    item(ITEM_ADD_TOMBSTONE, () => encodeTombstone(writer, tombstone));
  }
  writer.align(8);
  return writer.take();
}

/**
 * Throws `storage.format-unsupported` for an item this version must know and does not, and
 * `bytes.malformed` for bytes that no version wrote: a checksum vouched for them.
 */
export function decodeEdit(bytes: Uint8Array, epoch: Epoch, what: string): ManifestEdit {
  const reader = new ByteReader(bytes);
  const addBlocks: BlockEntry[] = [];
  const removeBlocks: BlockKey[] = [];
  const addTombstones: Tombstone[] = [];
  const removeTombstones: Seq[] = [];
  let flushedSeq: Seq | undefined;
  let nextBlockId: number | undefined;
  while (reader.remaining > 0) {
    const kind = reader.u8();
    if (kind === ITEM_END) break;
    const length = reader.u32();
    const end = reader.offset + length;
    if (kind === ITEM_FLUSHED) flushedSeq = reader.varint() as Seq;
    else if (kind === ITEM_NEXT_BLOCK) nextBlockId = reader.varint();
    else if (kind === ITEM_ADD_BLOCK) addBlocks.push(decodeEntry(reader));
    else if (kind === ITEM_REMOVE_BLOCK) removeBlocks.push(reader.varint());
    else if (kind === ITEM_ADD_TOMBSTONE) addTombstones.push(decodeTombstone(reader));
    else if (kind === ITEM_REMOVE_TOMBSTONE) removeTombstones.push(reader.varint() as Seq);
    else if (kind >= ITEM_OPTIONAL_MIN) reader.skip(length);
    else throw unknownItem(what, kind);
    if (reader.ok && reader.offset !== end) reader.fail(`item ${kind} of another length`);
  }
  reader.check(what);
  return {
    epoch,
    addBlocks,
    removeBlocks,
    addTombstones,
    removeTombstones,
    ...(flushedSeq === undefined ? {} : { flushedSeq }),
    ...(nextBlockId === undefined ? {} : { nextBlockId }),
  };
}

function encodeEntry(writer: ByteWriter, entry: BlockEntry): void {
  encodeBlockMeta(writer, entry);
  writer.varint(entry.fileShard);
  writer.varint(entry.fileBytes);
  writer.u32(entry.footerCrc);
  writer.varint(entry.cleanSeq);
  writer.u32(entry.retentionMark);
  writer.u32(entry.ownedMin);
  writer.u32(entry.ownedMax);
}

function decodeEntry(reader: ByteReader): BlockEntry {
  const meta = decodeBlockMeta(reader);
  const fileShard = reader.varint();
  if (fileShard >= SHARDS_MAX) reader.fail(`file shard got ${fileShard}`);
  return {
    ...meta,
    fileShard: fileShard as ShardId,
    // The bytes do not say; whoever reads a manifest knows.
    folderShard: fileShard as ShardId,
    fileBytes: reader.varint(),
    footerCrc: reader.u32(),
    cleanSeq: reader.varint() as Seq,
    retentionMark: reader.u32(),
    ownedMin: reader.u32(),
    ownedMax: reader.u32(),
  };
}

function unknownItem(what: string, kind: number): EngineError {
  return new EngineError(
    FORMAT_UNSUPPORTED,
    `cannot decode ${what}: item kind got ${kind}, want at most ${ITEM_REMOVE_TOMBSTONE}`,
    { data: { kind } },
  );
}
