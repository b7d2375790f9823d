/**
 * The 48 bytes before every record of a log, and its two checksums (FORMAT.md draws both):
 * `chain` covers the header and the payload and is the same on every replica; `crc` seals the chain
 * with the salt of the segment, so bytes left over from another segment never verify. The producer
 * writes `chain` into the crc field, the log thread replaces it by `sealCrc`.
 */
import { assert } from "#base/assert.ts";
import { crc32c } from "#base/hash/crc32c.ts";
import { RECORD_MARK } from "#storage/log-record.ts";
import type { LogPlace } from "./log-place.ts";

export const RECORD_HEADER_BYTES = 48;
/** Offset of the crc field, the last of the header: the bytes before it are in the chain. */
export const RECORD_CRC_OFFSET = 44;
/** Bounds what a reader allocates on a claimed length; a request is far below it. */
export const recordPayloadBytesMax: number = 16 * 1024 * 1024;
/** Bounds what resynchronisation takes for a header; types 10 to 63 are for later versions. */
export const RECORD_TYPE_MAX = 63;
/** Shard field of records that belong to the log itself. */
export const LOG_SHARD = 0xffff;

const WORD = 0x1_0000_0000;

export interface RecordHeader {
  /** Payload bytes, a multiple of 8. */
  length: number;
  type: number;
  flags: number;
  shard: number;
  epoch: number;
  count: number;
  seq: number;
  writerIdLow: number;
  writerIdHigh: number;
  writerSeqLow: number;
  writerSeqHigh: number;
  prevCrc: number;
  crc: number;
}

export function emptyRecordHeader(): RecordHeader {
  return {
    length: 0,
    type: 0,
    flags: 0,
    shard: 0,
    epoch: 0,
    count: 0,
    seq: 0,
    writerIdLow: 0,
    writerIdHigh: 0,
    writerSeqLow: 0,
    writerSeqHigh: 0,
    prevCrc: 0,
    crc: 0,
  };
}

/** Writes `header` at `offset` of `view`. */
export function encodeRecordHeader(view: DataView, offset: number, header: RecordHeader): void {
  assert(
    header.length % 8 === 0 && header.length <= recordPayloadBytesMax,
    () => `record: got a payload of ${header.length} bytes, want a multiple of 8 up to 16 MiB`,
  );
  assert(header.type >= 1 && header.type <= RECORD_TYPE_MAX, () => `record: type ${header.type}`);
  assert(Number.isSafeInteger(header.seq) && header.seq >= 0, () => `record: seq ${header.seq}`);
  view.setUint32(offset, header.length, true);
  view.setUint8(offset + 4, header.type);
  view.setUint8(offset + 5, header.flags);
  view.setUint16(offset + 6, header.shard, true);
  view.setUint32(offset + 8, header.epoch, true);
  view.setUint32(offset + 12, header.count, true);
  view.setUint32(offset + 16, header.seq % WORD, true);
  view.setUint32(offset + 20, Math.floor(header.seq / WORD), true);
  view.setUint32(offset + 24, header.writerIdLow, true);
  view.setUint32(offset + 28, header.writerIdHigh, true);
  view.setUint32(offset + 32, header.writerSeqLow, true);
  view.setUint32(offset + 36, header.writerSeqHigh, true);
  view.setUint32(offset + 40, header.prevCrc, true);
  view.setUint32(offset + RECORD_CRC_OFFSET, header.crc, true);
}

/**
 * Reads the header at `offset` of `view` into `header`. False when the bytes cannot be a header:
 * no type, a length no record has, or a seq beyond 2^53. Says nothing about the checksum.
 */
export function decodeRecordHeader(view: DataView, offset: number, header: RecordHeader): boolean {
  const length = view.getUint32(offset, true);
  const type = view.getUint8(offset + 4);
  const seqHigh = view.getUint32(offset + 20, true);
  if (type === 0 || type > RECORD_TYPE_MAX) return false;
  if (length % 8 !== 0 || length > recordPayloadBytesMax || seqHigh >= 0x20_0000) return false;
  header.length = length;
  header.type = type;
  header.flags = view.getUint8(offset + 5);
  header.shard = view.getUint16(offset + 6, true);
  header.epoch = view.getUint32(offset + 8, true);
  header.count = view.getUint32(offset + 12, true);
  header.seq = seqHigh * WORD + view.getUint32(offset + 16, true);
  header.writerIdLow = view.getUint32(offset + 24, true);
  header.writerIdHigh = view.getUint32(offset + 28, true);
  header.writerSeqLow = view.getUint32(offset + 32, true);
  header.writerSeqHigh = view.getUint32(offset + 36, true);
  header.prevCrc = view.getUint32(offset + 40, true);
  header.crc = view.getUint32(offset + RECORD_CRC_OFFSET, true);
  return true;
}

/** Checksum over the header at `offset`, without its crc field, and the payload behind it. */
export function recordChain(
  bytes: Uint8Array,
  offset: number,
  payloadBytes: number,
  checksum: typeof crc32c = crc32c,
): number {
  const payload = offset + RECORD_HEADER_BYTES;
  const header = crc32c(bytes, 0, offset, offset + RECORD_CRC_OFFSET);
  return checksum(bytes, header, payload, payload + payloadBytes);
}

const sealScratch = new Uint8Array(8);
const sealView = new DataView(sealScratch.buffer);

/** The crc field as it stands on disk: a checksum over the segment's salt and the chain. */
export function sealCrc(salt: number, chain: number): number {
  sealView.setUint32(0, salt, true);
  sealView.setUint32(4, chain, true);
  return crc32c(sealScratch);
}

/** Mark payload: the position {segmentId u64, offset u64} that was durable before its batch. */
export const MARK_PAYLOAD_BYTES = 16;
export const MARK_BYTES: number = RECORD_HEADER_BYTES + MARK_PAYLOAD_BYTES;

/** Writes a whole mark at `offset`, with its chain in the crc field, and returns the chain. */
export function encodeMark(
  bytes: Uint8Array,
  view: DataView,
  offset: number,
  batchNumber: number,
  durable: LogPlace,
): number {
  const header = emptyRecordHeader();
  header.length = MARK_PAYLOAD_BYTES;
  header.type = RECORD_MARK;
  header.shard = LOG_SHARD;
  header.count = 1;
  header.seq = batchNumber;
  encodeRecordHeader(view, offset, header);
  const payload = offset + RECORD_HEADER_BYTES;
  view.setUint32(payload, durable.segmentId % WORD, true);
  view.setUint32(payload + 4, Math.floor(durable.segmentId / WORD), true);
  view.setUint32(payload + 8, durable.offset % WORD, true);
  view.setUint32(payload + 12, Math.floor(durable.offset / WORD), true);
  const chain = recordChain(bytes, offset, MARK_PAYLOAD_BYTES);
  view.setUint32(offset + RECORD_CRC_OFFSET, chain, true);
  return chain;
}

/** The position inside a mark's payload. */
export function decodeMark(payload: Uint8Array): LogPlace {
  assert(payload.length >= MARK_PAYLOAD_BYTES, () => `mark: payload of ${payload.length} bytes`);
  const view = new DataView(payload.buffer, payload.byteOffset, MARK_PAYLOAD_BYTES);
  return {
    segmentId: view.getUint32(4, true) * WORD + view.getUint32(0, true),
    offset: view.getUint32(12, true) * WORD + view.getUint32(8, true),
  };
}
