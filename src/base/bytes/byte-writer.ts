/**
 * Growing little-endian writer, bounded by `bytesMax`: a write past it throws `bytes.limit` and
 * leaves what was written before it intact. The buffer doubles, and is kept by `reset`, so one
 * writer per actor costs no allocation once warm. `written` aliases the buffer until the next
 * write; `take` copies.
 */
import { assert } from "#base/assert.ts";
import { EngineError } from "../engine-error.ts";
import { BYTES_LIMIT } from "./bytes-errors.ts";
import { varintBytes, writeVarint, zigzag } from "./varint.ts";

/** One small page: most records fit, and an idle writer costs little. */
const INITIAL_BYTES = 4096;
const WORD = 0x1_0000_0000;
const QUIET_NAN_HIGH = 0x7ff8_0000;

export interface ByteWriterOptions {
  readonly bytesMax: number;
  readonly initialBytes?: number;
}

export class ByteWriter {
  readonly #bytesMax: number;
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView<ArrayBuffer>;
  #length = 0;

  constructor(options: ByteWriterOptions) {
    const initialBytes = Math.min(options.initialBytes ?? INITIAL_BYTES, options.bytesMax);
    this.#bytesMax = options.bytesMax;
    this.#bytes = new Uint8Array(initialBytes);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get length(): number {
    return this.#length;
  }

  u8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  u16(value: number): void {
    const at = this.skip(2);
    this.#view.setUint16(at, value, true);
  }

  u32(value: number): void {
    const at = this.skip(4);
    this.#view.setUint32(at, value, true);
  }

  /** An integer in [0, 2^53). */
  u64(value: number): void {
    assert(Number.isSafeInteger(value) && value >= 0, () => `u64: got ${value}, want 0..2^53-1`);
    this.i64(value);
  }

  /** A signed integer of at most 53 bits, two's complement. */
  i64(value: number): void {
    assert(Number.isSafeInteger(value), () => `i64: got ${value}, want a safe integer`);
    const at = this.skip(8);
    this.#view.setUint32(at, value, true);
    this.#view.setInt32(at + 4, Math.floor(value / WORD), true);
  }

  u64Bits(value: bigint): void {
    const at = this.skip(8);
    this.#view.setBigUint64(at, value, true);
  }

  /** Every NaN is written as the quiet one: a number may lose its payload on the way here. */
  f64(value: number): void {
    const at = this.skip(8);
    if (Number.isNaN(value)) {
      this.#view.setUint32(at, 0, true);
      this.#view.setUint32(at + 4, QUIET_NAN_HIGH, true);
    } else {
      this.#view.setFloat64(at, value, true);
    }
  }

  varint(value: number): void {
    this.#reserve(varintBytes(value));
    this.#length = writeVarint(this.#bytes, this.#length, value);
  }

  /** An integer in [-2^52, 2^52), zigzagged. */
  signedVarint(value: number): void {
    this.varint(zigzag(value));
  }

  bytes(source: Uint8Array): void {
    const at = this.skip(source.length);
    this.#bytes.set(source, at);
  }

  /** Appends zeros up to the next multiple of `alignment` (a power of two). */
  align(alignment: number): void {
    const padding = -this.#length & (alignment - 1);
    const at = this.skip(padding);
    this.#bytes.fill(0, at, at + padding);
  }

  /** Leaves room for `count` bytes to be patched later; returns where they start. */
  skip(count: number): number {
    this.#reserve(count);
    const at = this.#length;
    this.#length += count;
    return at;
  }

  /** Overwrites four bytes already written, e.g. a length or a checksum kept open by `skip`. */
  patchU32(at: number, value: number): void {
    assert(at + 4 <= this.#length, () => `patch: got offset ${at} of ${this.#length} bytes`);
    this.#view.setUint32(at, value, true);
  }

  /** What was written, as a view that the next write may invalidate. */
  written(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  /** A copy of what was written; the writer is empty afterwards. */
  take(): Uint8Array<ArrayBuffer> {
    const copy = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return copy;
  }

  reset(): void {
    this.#length = 0;
  }

  #reserve(count: number): void {
    const want = this.#length + count;
    if (want <= this.#bytes.length) return;
    if (want > this.#bytesMax) {
      throw new EngineError(
        BYTES_LIMIT,
        `cannot write bytes: got ${want}, want at most ${this.#bytesMax}`,
        { data: { bytes: want, bytesMax: this.#bytesMax } },
      );
    }
    const grown = new Uint8Array(Math.min(Math.max(want, this.#bytes.length * 2), this.#bytesMax));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
