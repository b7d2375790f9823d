/**
 * The 64 bytes at the start of a page (FORMAT.md). The checksum covers everything behind it, as
 * stored, so a page is verified before anything of it is decompressed or believed.
 */
import { EngineError } from "#base/engine-error.ts";
import { CHUNK_CORRUPT, CHUNK_VERSION } from "./chunk-errors.ts";

/** Page bytes before compression: what reading one series costs at most. */
export const PAGE_BYTES_MAX: number = 64 * 1024;
export const PAGE_HEADER_BYTES = 64;
/** "GYPG". */
const MAGIC = 0x4750_5947;
const VERSION = 0;

export const CRC_OFFSET = 4;
/** First byte that the checksum covers. */
export const CRC_START = 8;
const VERSION_OFFSET = 8;
const FLAGS_OFFSET = 9;
const COLUMNS_OFFSET = 10;
const PAGE_BYTES_OFFSET = 12;
const BODY_BYTES_OFFSET = 16;
const SAMPLES_OFFSET = 20;
const CLOCKS_OFFSET = 24;
const DIGEST_OFFSET = 32;
const MIN_OFFSET = 48;
const MAX_OFFSET = 56;

/** Bit of `flags`: the body is a zstd frame. */
export const FLAG_ZSTD = 1;

export interface PageHeader {
  readonly flags: number;
  readonly columnCount: number;
  /** Timestamp columns. */
  readonly clockCount: number;
  /** Of the page as stored, this header included. */
  readonly pageBytes: number;
  /** Of what follows the header, before compression. */
  readonly bodyBytes: number;
  readonly sampleCount: number;
  /** Two u64 sums, low words first. */
  readonly digest: Uint32Array;
  readonly minTimestamp: number;
  readonly maxTimestamp: number;
}

/** Writes all but the checksum to the start of `page`. */
export function writePageHeader(page: Uint8Array, header: PageHeader): void {
  const view = new DataView(page.buffer, page.byteOffset, PAGE_HEADER_BYTES);
  page.fill(0, 0, PAGE_HEADER_BYTES);
  view.setUint32(0, MAGIC, true);
  view.setUint8(VERSION_OFFSET, VERSION);
  view.setUint8(FLAGS_OFFSET, header.flags);
  view.setUint16(COLUMNS_OFFSET, header.columnCount, true);
  view.setUint32(PAGE_BYTES_OFFSET, header.pageBytes, true);
  view.setUint32(BODY_BYTES_OFFSET, header.bodyBytes, true);
  view.setUint32(SAMPLES_OFFSET, header.sampleCount, true);
  view.setUint16(CLOCKS_OFFSET, header.clockCount, true);
  for (const [i, word] of header.digest.entries())
    view.setUint32(DIGEST_OFFSET + 4 * i, word, true);
  view.setBigInt64(MIN_OFFSET, BigInt(header.minTimestamp), true);
  view.setBigInt64(MAX_OFFSET, BigInt(header.maxTimestamp), true);
}

/** The header at `bytes[start]`; throws when it is none. The checksum is the caller's business. */
export function readPageHeader(bytes: Uint8Array, start: number, end: number): PageHeader {
  if (end - start < PAGE_HEADER_BYTES) {
    const got = `got ${end - start} bytes, want at least ${PAGE_HEADER_BYTES}`;
    throw new EngineError(CHUNK_CORRUPT, `cannot read page header: ${got}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, PAGE_HEADER_BYTES);
  const magic = view.getUint32(0, true);
  if (magic !== MAGIC) {
    const got = `got magic 0x${magic.toString(16)}, want 0x${MAGIC.toString(16)}`;
    throw new EngineError(CHUNK_CORRUPT, `cannot read page header: ${got}`);
  }
  const version = view.getUint8(VERSION_OFFSET);
  if (version > VERSION) {
    const got = `got version ${version}, want at most ${VERSION}`;
    throw new EngineError(CHUNK_VERSION, `cannot read page: ${got}`);
  }
  return {
    flags: view.getUint8(FLAGS_OFFSET),
    columnCount: view.getUint16(COLUMNS_OFFSET, true),
    clockCount: view.getUint16(CLOCKS_OFFSET, true),
    pageBytes: view.getUint32(PAGE_BYTES_OFFSET, true),
    bodyBytes: view.getUint32(BODY_BYTES_OFFSET, true),
    sampleCount: view.getUint32(SAMPLES_OFFSET, true),
    digest: Uint32Array.from({ length: 4 }, (_, i) => view.getUint32(DIGEST_OFFSET + 4 * i, true)),
    minTimestamp: Number(view.getBigInt64(MIN_OFFSET, true)),
    maxTimestamp: Number(view.getBigInt64(MAX_OFFSET, true)),
  };
}
