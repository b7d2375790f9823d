/**
 * Little-endian cursor over a byte range with a sticky failure: read many fields, check once. The
 * first read that cannot be done records why and where; from then on every read gives 0 or no
 * bytes, and nothing outside `[start, end)` is ever touched. Numbers are exact: a 64-bit value that
 * a number cannot hold is a failure, never rounded. Returned byte views alias the input.
 */
import { assert } from "#base/assert.ts";
import { EngineError } from "../engine-error.ts";
import { BYTES_MALFORMED } from "./bytes-errors.ts";
import { VARINT_BYTES_MAX, unzigzag } from "./varint.ts";

const NO_BYTES = new Uint8Array(0);
const WORD = 0x1_0000_0000;

export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #end: number;
  #offset: number;
  #failure: string | undefined;

  constructor(bytes: Uint8Array, start: number = 0, end: number = bytes.length) {
    assert(
      start >= 0 && start <= end && end <= bytes.length,
      () => `byte reader: got range [${start}, ${end}) of ${bytes.length} bytes`,
    );
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#offset = start;
    this.#end = end;
  }

  /** Position in the array given, where the next read starts; stays at the first failure. */
  get offset(): number {
    return this.#offset;
  }

  /** Bytes left; 0 after a failure, so that `while (reader.remaining > 0)` ends. */
  get remaining(): number {
    return this.#failure === undefined ? this.#end - this.#offset : 0;
  }

  /** Why the first failing read failed; undefined while all is well. */
  get failure(): string | undefined {
    return this.#failure;
  }

  get ok(): boolean {
    return this.#failure === undefined;
  }

  u8(): number {
    return this.#need(1, "u8") ? this.#bytes[this.#offset++]! : 0;
  }

  u16(): number {
    if (!this.#need(2, "u16")) return 0;
    const value = this.#view.getUint16(this.#offset, true);
    this.#offset += 2;
    return value;
  }

  u32(): number {
    if (!this.#need(4, "u32")) return 0;
    const value = this.#view.getUint32(this.#offset, true);
    this.#offset += 4;
    return value;
  }

  /** An unsigned 64-bit integer that must be at most 2^53 - 1. */
  u64(): number {
    if (!this.#need(8, "u64")) return 0;
    const high = this.#view.getUint32(this.#offset + 4, true);
    if (high >= 0x20_0000) return this.fail("u64 above 2^53 - 1");
    const value = high * WORD + this.#view.getUint32(this.#offset, true);
    this.#offset += 8;
    return value;
  }

  /** A signed 64-bit integer that must be within -(2^53 - 1) .. 2^53 - 1. */
  i64(): number {
    if (!this.#need(8, "i64")) return 0;
    const high = this.#view.getInt32(this.#offset + 4, true);
    const value = high * WORD + this.#view.getUint32(this.#offset, true);
    if (!Number.isSafeInteger(value)) return this.fail("i64 outside -(2^53 - 1) .. 2^53 - 1");
    this.#offset += 8;
    return value;
  }

  /** An unsigned 64-bit integer of any size: hashes and ids. */
  u64Bits(): bigint {
    if (!this.#need(8, "u64")) return 0n;
    const value = this.#view.getBigUint64(this.#offset, true);
    this.#offset += 8;
    return value;
  }

  f64(): number {
    if (!this.#need(8, "f64")) return 0;
    const value = this.#view.getFloat64(this.#offset, true);
    this.#offset += 8;
    return value;
  }

  /** An unsigned varint of at most 10 bytes whose value must be at most 2^53 - 1. */
  varint(): number {
    if (this.#failure !== undefined) return 0;
    let value = 0;
    let scale = 1;
    for (let at = this.#offset; at < this.#end; at++) {
      const byte = this.#bytes[at]!;
      value += (byte & 127) * scale;
      if (byte < 128) {
        if (value > Number.MAX_SAFE_INTEGER) return this.fail("varint above 2^53 - 1");
        this.#offset = at + 1;
        return value;
      }
      scale *= 128;
      if (at - this.#offset === VARINT_BYTES_MAX - 1) return this.fail("varint above 10 bytes");
    }
    return this.fail(`varint cut short after ${this.#end - this.#offset} bytes`);
  }

  /** A zigzagged varint: an integer in [-2^52, 2^52). */
  signedVarint(): number {
    return unzigzag(this.varint());
  }

  /** The next `count` bytes as a view of the input; empty after a failure. */
  bytes(count: number): Uint8Array {
    if (!this.#need(count, "bytes")) return NO_BYTES;
    const from = this.#offset;
    this.#offset += count;
    return this.#bytes.subarray(from, from + count);
  }

  skip(count: number): void {
    if (this.#need(count, "skip")) this.#offset += count;
  }

  /** Records a failure found by the caller (a bad enum, a wrong checksum); the first one stays. */
  fail(cause: string): 0 {
    this.#failure ??= cause;
    return 0;
  }

  /** Throws `bytes.malformed` if any read failed. `what` completes "cannot decode ...". */
  check(what: string): void {
    if (this.#failure === undefined) return;
    const offset = this.#offset;
    throw new EngineError(
      BYTES_MALFORMED,
      `cannot decode ${what}: ${this.#failure} at byte ${offset}`,
      { data: { offset } },
    );
  }

  /** As `check`, and nothing may be left over. */
  checkEnd(what: string): void {
    if (this.ok && this.remaining > 0) this.fail(`got ${this.remaining} bytes more, want the end`);
    this.check(what);
  }

  #need(count: number, what: string): boolean {
    if (this.#failure !== undefined) return false;
    // Also false for a negative or NaN count.
    if (count >= 0 && count <= this.#end - this.#offset) return true;
    this.fail(`${what}: got ${this.#end - this.#offset} bytes, want ${count}`);
    return false;
  }
}
