/**
 * One group commit on its way to disk: room for a mark, then records as the ring held them. Filled
 * once; `seal` stamps the salt of a segment into every checksum and may be called again, when the
 * batch has to go to another segment. Owned by the log thread, reused for every batch.
 */
import { assert } from "#base/assert.ts";
import type { LogPlace } from "./log-place.ts";
import {
  encodeMark,
  MARK_BYTES,
  RECORD_CRC_OFFSET,
  RECORD_HEADER_BYTES,
  sealCrc,
} from "./record-codec.ts";

const INITIAL_RECORDS = 1024;

export class LogBatch {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView<ArrayBuffer>;
  #length = MARK_BYTES;
  /** Offsets and chains of the records, parallel. */
  #offsets: Uint32Array<ArrayBuffer> = new Uint32Array(INITIAL_RECORDS);
  #chains: Uint32Array<ArrayBuffer> = new Uint32Array(INITIAL_RECORDS);
  #count = 0;

  constructor(initialBytes: number) {
    this.#bytes = new Uint8Array(initialBytes + MARK_BYTES);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Records inside, the mark not counted. */
  get count(): number {
    return this.#count;
  }

  /** Bytes of the records, without the mark. */
  get recordBytes(): number {
    return this.#length - MARK_BYTES;
  }

  /** Mark and records; final after `seal`. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  reset(): void {
    this.#length = MARK_BYTES;
    this.#count = 0;
  }

  /** Copies in the record `from[offset, offset + length)`, whose chain is `chain`. */
  add(from: Uint8Array, offset: number, length: number, chain: number): void {
    if (this.#length + length > this.#bytes.length) this.#growBytes(this.#length + length);
    if (this.#count === this.#offsets.length) this.#growColumns();
    this.#bytes.set(from.subarray(offset, offset + length), this.#length);
    // The sender's idea of the length and the record's own must agree, or the log cannot be read.
    const recordBytes = RECORD_HEADER_BYTES + this.#view.getUint32(this.#length, true);
    assert(recordBytes === length, () => `log batch: got ${length} bytes, record ${recordBytes}`);
    this.#offsets[this.#count] = this.#length;
    this.#chains[this.#count] = chain;
    this.#length += length;
    this.#count++;
  }

  /** As `add` for a record fresh from a producer, which left the chain in the crc field. */
  addUnsealed(from: Uint8Array, view: DataView, offset: number, length: number): void {
    this.add(from, offset, length, view.getUint32(offset + RECORD_CRC_OFFSET, true));
  }

  /** Writes the mark and makes every checksum valid in the segment with this salt. */
  seal(salt: number, batchNumber: number, durable: LogPlace): void {
    const markChain = encodeMark(this.#bytes, this.#view, 0, batchNumber, durable);
    this.#view.setUint32(RECORD_CRC_OFFSET, sealCrc(salt, markChain), true);
    for (let i = 0; i < this.#count; i++) {
      const crcOffset = this.#offsets[i]! + RECORD_CRC_OFFSET;
      this.#view.setUint32(crcOffset, sealCrc(salt, this.#chains[i]!), true);
    }
  }

  #growBytes(needed: number): void {
    const grown = new Uint8Array(Math.max(needed, Math.ceil(this.#bytes.length * 1.5)));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }

  #growColumns(): void {
    const offsets = new Uint32Array(this.#offsets.length * 2);
    offsets.set(this.#offsets);
    this.#offsets = offsets;
    const chains = new Uint32Array(this.#chains.length * 2);
    chains.set(this.#chains);
    this.#chains = chains;
  }
}
