/**
 * One protobuf field at a time in any legal encoding, over-long varints of up to 10 bytes included:
 * the twin of `wasm/proto-field.ts`. A varint is kept as two words, because timestamps need all 64
 * bits and a BigInt per field would allocate. One instance serves one walk; it holds no bytes.
 */
import {
  PROTO_FIELD_NUMBER,
  PROTO_GROUP,
  PROTO_TRUNCATED,
  PROTO_VARINT,
  PROTO_WIRE_TYPE,
} from "./layout/kernel-codes.ts";

const WORD = 0x1_0000_0000;

export class ProtoField {
  number = 0;
  /** 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes. */
  wire = 0;
  /** The payload, without a length prefix, and where the next field starts. */
  body = 0;
  end = 0;
  /** The value of a varint field. */
  low = 0;
  high = 0;
  #next = 0;

  /** Reads the field whose tag starts at `p`; returns 0 or a negative code. */
  read(bytes: Uint8Array, p: number, end: number): number {
    const code = this.#varint(bytes, p, end);
    if (code !== 0) return code;
    if (this.high !== 0 || this.low < 8) return PROTO_FIELD_NUMBER;
    this.number = this.low >>> 3;
    this.wire = this.low & 7;
    this.body = this.#next;
    if (this.wire === 1) return this.#sized(8, end);
    if (this.wire === 5) return this.#sized(4, end);
    if (this.wire === 3 || this.wire === 4) return PROTO_GROUP;
    if (this.wire > 5) return PROTO_WIRE_TYPE;
    const fault = this.#varint(bytes, this.body, end);
    if (fault !== 0) return fault;
    if (this.wire === 0) {
      this.end = this.#next;
      return 0;
    }
    this.body = this.#next;
    return this.#sized(this.high * WORD + this.low, end);
  }

  /** Reads a varint that is no field: one of a packed list. Returns 0 or a negative code. */
  readPacked(bytes: Uint8Array, p: number, end: number): number {
    const code = this.#varint(bytes, p, end);
    if (code === 0) this.end = this.#next;
    return code;
  }

  /** The varint as a signed 64-bit integer, rounded once where a number cannot hold it. */
  signed(): number {
    return (this.high | 0) * WORD + this.low;
  }

  #sized(count: number, end: number): number {
    if (count > end - this.body) return PROTO_TRUNCATED;
    this.end = this.body + count;
    return 0;
  }

  #varint(bytes: Uint8Array, p: number, end: number): number {
    let low = 0;
    let high = 0;
    for (let i = 0; i < 10; i++) {
      if (p + i >= end) return PROTO_TRUNCATED;
      const byte = bytes[p + i]!;
      // The tenth byte holds the last of 64 bits.
      if (i === 9 && byte > 1) return PROTO_VARINT;
      const bits = byte & 127;
      if (i < 4) low |= bits << (7 * i);
      else if (i === 4) low |= bits << 28;
      if (i === 4) high |= bits >> 4;
      else if (i > 4) high |= bits << (7 * i - 32);
      if (byte < 128) {
        this.low = low >>> 0;
        this.high = high >>> 0;
        this.#next = p + i + 1;
        return 0;
      }
    }
    return PROTO_VARINT;
  }
}
