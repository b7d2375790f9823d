/**
 * Names and bytes of series log files (FORMAT.md draws them). Payloads are those of the write-ahead
 * log; the frame around them is smaller, because nothing here has a place in an order of writers.
 */
import { assert } from "#base/assert.ts";
import { crc32c } from "#base/hash/crc32c.ts";
import type { ShardId } from "#model/refs.ts";
import type { LogRecordDraft } from "#storage/log-record.ts";
import { shardFolder } from "../block/block-path.ts";
import type { FileFormat } from "../block/file-header.ts";

export const SERIES_LOG_FORMAT: FileFormat = {
  magic: "GYRESRS0",
  versionMajor: 0,
  versionMinor: 0,
  versionHash: 0,
};
/** Tags of the header. */
export const SERIES_LOG_WHOLE = 0;
export const SERIES_LOG_FURTHER = 1;
/** Type of the record that opens a further file. */
export const RECORD_CONTINUES = 63;
export const SERIES_LOG_PAYLOAD_BYTES_MAX: number = 1024 * 1024;
export const SERIES_LOG_RECORD_HEADER_BYTES = 16;

const CRC_OFFSET = 12;
const CONTINUES_BYTES = 16;
const FILE_ID_MAX = 99_999_999;
const WORD = 2 ** 32;
const NAME = /^(\d{8})\.srl$/;

export type SeriesLogRecord = Pick<LogRecordDraft, "type" | "count" | "payload">;

/** Where a file ends for the one that goes on behind it. */
export interface SeriesLogPlace {
  readonly fileId: number;
  readonly offset: number;
}

export function seriesLogFolder(shard: ShardId): string {
  return `${shardFolder(shard)}/series`;
}

export function seriesLogFileName(fileId: number): string {
  assert(
    Number.isInteger(fileId) && fileId >= 1 && fileId <= FILE_ID_MAX,
    () => `series log: got file id ${fileId}`,
  );
  return `${String(fileId).padStart(8, "0")}.srl`;
}

/** Id of the file with this name; 0 when it is no such name. */
export function seriesLogFileIdOf(name: string): number {
  const match = NAME.exec(name);
  return match === null ? 0 : Number(match[1]);
}

export function encodeSeriesLogRecord(
  salt: number,
  { type, count, payload }: SeriesLogRecord,
): Uint8Array<ArrayBuffer> {
  assert(
    payload.length % 8 === 0 && payload.length <= SERIES_LOG_PAYLOAD_BYTES_MAX,
    () => `series log record: payload of ${payload.length} bytes`,
  );
  const bytes = new Uint8Array(SERIES_LOG_RECORD_HEADER_BYTES + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, payload.length, true);
  view.setUint8(4, type);
  view.setUint32(8, count, true);
  bytes.set(payload, SERIES_LOG_RECORD_HEADER_BYTES);
  view.setUint32(CRC_OFFSET, recordCrc(bytes, 0, bytes.length, salt), true);
  return bytes;
}

/** Bytes of the record that seems to start at `offset`; 0 when none can. */
export function seriesLogRecordBytes(bytes: Uint8Array, offset: number): number {
  if (bytes.length - offset < SERIES_LOG_RECORD_HEADER_BYTES) return 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset);
  const length = view.getUint32(0, true);
  const isPossible = length % 8 === 0 && length <= SERIES_LOG_PAYLOAD_BYTES_MAX;
  return isPossible && view.getUint8(4) !== 0 ? SERIES_LOG_RECORD_HEADER_BYTES + length : 0;
}

/** The record at `offset`, its payload a view, or null when no valid one starts there. */
export function decodeSeriesLogRecord(
  bytes: Uint8Array,
  offset: number,
  salt: number,
): SeriesLogRecord | null {
  const length = seriesLogRecordBytes(bytes, offset);
  const end = offset + length;
  if (length === 0 || end > bytes.length) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset);
  if (view.getUint32(CRC_OFFSET, true) !== recordCrc(bytes, offset, end, salt)) return null;
  return {
    type: view.getUint8(4),
    count: view.getUint32(8, true),
    payload: bytes.subarray(offset + SERIES_LOG_RECORD_HEADER_BYTES, end),
  };
}

export function continuesRecord({ fileId, offset }: SeriesLogPlace): SeriesLogRecord {
  const payload = new Uint8Array(CONTINUES_BYTES);
  const view = new DataView(payload.buffer);
  view.setUint32(0, fileId, true);
  view.setUint32(8, offset % WORD, true);
  view.setUint32(12, Math.floor(offset / WORD), true);
  return { type: RECORD_CONTINUES, count: 1, payload };
}

/** Null when the record says no such thing. */
export function continuedPlace({ type, payload }: SeriesLogRecord): SeriesLogPlace | null {
  if (type !== RECORD_CONTINUES || payload.length !== CONTINUES_BYTES) return null;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const offset = view.getUint32(12, true) * WORD + view.getUint32(8, true);
  return { fileId: view.getUint32(0, true), offset };
}

/** Over everything but the checksum itself. */
function recordCrc(bytes: Uint8Array, start: number, end: number, salt: number): number {
  const head = crc32c(bytes, salt, start, start + CRC_OFFSET);
  return crc32c(bytes, head, start + SERIES_LOG_RECORD_HEADER_BYTES, end);
}
