/**
 * Reads one segment through a window: `next` verifies the record at `offset`, `findNext` looks for
 * the next valid one behind damage. Memory is the window, grown to the largest record met. Used by
 * recovery and by the copy of a recovered tail; never changes the file.
 */
import { assert } from "#base/assert.ts";
import { crc32c } from "#base/hash/crc32c.ts";
import type { DiskFile } from "#runtime/ports/disk.ts";
import {
  decodeRecordHeader,
  emptyRecordHeader,
  RECORD_HEADER_BYTES,
  recordChain,
  sealCrc,
  type RecordHeader,
} from "./record-codec.ts";

/** Large enough for sequential reads at disk speed, small beside the head. */
export const scanWindowBytes: number = 4 * 1024 * 1024;

/** `bad`: the bytes at `offset` are not a valid record that ends at or before the limit. */
export type ScanOutcome = "record" | "bad" | "end";

export class SegmentScanner {
  /** Salt of the segment's records. */
  readonly salt: number;
  /** First byte not to be read. */
  readonly limit: number;
  /** Where the next record is expected; after "record", the end of that record. */
  offset: number;
  /** The record found last; `bytes[recordStart...]` holds it until the next call. */
  readonly header: RecordHeader = emptyRecordHeader();
  chain = 0;
  recordOffset = 0;
  recordStart = 0;
  readonly #file: DiskFile;
  readonly #checksum: typeof crc32c;
  #window: Uint8Array<ArrayBuffer>;
  #view: DataView<ArrayBuffer>;
  #windowOffset = 0;
  #windowLength = 0;

  /** `checksum` is replaced where a faster one of the same values is at hand. */
  constructor(
    file: DiskFile,
    salt: number,
    start: number,
    limit: number,
    windowBytes: number = scanWindowBytes,
    checksum: typeof crc32c = crc32c,
  ) {
    assert(start % 8 === 0, () => `segment scanner: start ${start} is not 8-aligned`);
    this.#file = file;
    this.#checksum = checksum;
    this.salt = salt;
    this.offset = start;
    this.limit = limit;
    const length = Math.min(windowBytes, limit - start);
    this.#window = new Uint8Array(Math.max(length, RECORD_HEADER_BYTES));
    this.#view = new DataView(this.#window.buffer);
  }

  get bytes(): Uint8Array {
    return this.#window;
  }

  /** Bytes of the record found last, header included. */
  get recordBytes(): number {
    return RECORD_HEADER_BYTES + this.header.length;
  }

  /** A view of the payload of the record found last, 8-aligned, valid until the next call. */
  get payload(): Uint8Array {
    const start = this.recordStart + RECORD_HEADER_BYTES;
    return this.#window.subarray(start, start + this.header.length);
  }

  async next(): Promise<ScanOutcome> {
    if (this.offset >= this.limit) return "end";
    const payloadBytes = await this.#candidateAt(this.offset);
    return payloadBytes < 0 ? "bad" : this.#take(payloadBytes);
  }

  /** As `next`, for a whole record in the window; null when there is none. Most are: no promise. */
  nextInWindow(): ScanOutcome | null {
    const start = this.offset - this.#windowOffset;
    const room = this.#windowLength - start - RECORD_HEADER_BYTES;
    if (start < 0 || room < 0 || !decodeRecordHeader(this.#view, start, this.header)) return null;
    const payloadBytes = this.header.length;
    return payloadBytes > room ? null : this.#take(payloadBytes);
  }

  /** The record at `offset`, which is in the window, its header read. */
  #take(payloadBytes: number): ScanOutcome {
    const start = this.offset - this.#windowOffset;
    const chain = recordChain(this.#window, start, payloadBytes, this.#checksum);
    const isValid =
      sealCrc(this.salt, chain) === this.#view.getUint32(start + RECORD_HEADER_BYTES - 4, true);
    if (!isValid) return "bad";
    this.chain = chain;
    this.recordOffset = this.offset;
    this.recordStart = start;
    this.offset += RECORD_HEADER_BYTES + payloadBytes;
    return "record";
  }

  /** Offset of the first valid record at or behind `from`, or -1. Leaves `offset` there. */
  async findNext(from: number): Promise<number> {
    let at = await this.#findHeader(from);
    for (; at >= 0; at = await this.#findHeader(at + 8)) {
      this.offset = at;
      if ((await this.next()) === "record") {
        this.offset = at;
        return at;
      }
    }
    this.offset = this.limit;
    return -1;
  }

  /** As `findNext` without knowing the salt: fills `header` and `chain`, verifies nothing. */
  async findCandidate(from: number): Promise<number> {
    let at = await this.#findHeader(from);
    for (; at >= 0; at = await this.#findHeader(at + 8)) {
      const payloadBytes = await this.#candidateAt(at);
      if (payloadBytes < 0) continue;
      this.chain = recordChain(this.#window, at - this.#windowOffset, payloadBytes);
      return at;
    }
    return -1;
  }

  /** First 8-aligned offset at or behind `from` with bytes that may be a header, or -1. */
  async #findHeader(from: number): Promise<number> {
    let at = from + ((8 - (from % 8)) % 8);
    while (at + RECORD_HEADER_BYTES <= this.limit && (await this.#load(at, RECORD_HEADER_BYTES))) {
      // What cannot be a header is passed over without a turn of the promise queue.
      const last = this.#windowOffset + this.#windowLength - RECORD_HEADER_BYTES;
      for (; at <= last; at += 8) {
        if (decodeRecordHeader(this.#view, at - this.#windowOffset, this.header)) return at;
      }
    }
    return -1;
  }

  /** Payload length of what may be a record at `offset`, loaded whole; -1 when it is none. */
  async #candidateAt(offset: number): Promise<number> {
    const room = this.limit - offset - RECORD_HEADER_BYTES;
    if (room < 0 || !(await this.#load(offset, RECORD_HEADER_BYTES))) return -1;
    const start = offset - this.#windowOffset;
    if (!decodeRecordHeader(this.#view, start, this.header)) return -1;
    const payloadBytes = this.header.length;
    if (payloadBytes > room) return -1;
    const isWhole = await this.#load(offset, RECORD_HEADER_BYTES + payloadBytes);
    return isWhole ? payloadBytes : -1;
  }

  /** Brings [offset, offset + length) into the window; false when the file ends before. */
  async #load(offset: number, length: number): Promise<boolean> {
    const end = offset + length;
    const windowEnd = this.#windowOffset + this.#windowLength;
    if (offset >= this.#windowOffset && end <= windowEnd) return true;
    if (length > this.#window.length) {
      this.#window = new Uint8Array(Math.ceil(length / 8) * 8);
      this.#view = new DataView(this.#window.buffer);
    }
    const wanted = Math.min(this.#window.length, this.limit - offset);
    this.#windowOffset = offset;
    this.#windowLength = await this.#file.pread(this.#window.subarray(0, wanted), offset);
    return this.#windowLength >= length;
  }
}
