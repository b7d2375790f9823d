/**
 * Bit streams, varints and zigzag over 64-bit numbers: twin of `wasm/page/bit-stream.ts` and
 * `varint.ts`. Twins here compute with BigInt: they are there to be obviously right.
 */
const BYTE = 8n;

export const signed = (value: bigint): bigint => BigInt.asIntN(64, value);
export const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);

/** Bits that `value` (unsigned) needs. */
export function widthOf(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}

export function zigzag(value: bigint): bigint {
  return unsigned((value << 1n) ^ (value >> 63n));
}

export function unzigzag(code: bigint): bigint {
  return signed((code >> 1n) ^ -(code & 1n));
}

export function varintBytes(value: bigint): number {
  return Math.max(1, Math.ceil(widthOf(value) / 7));
}

/** The offset behind what was written. */
export function writeVarint(u8: Uint8Array, offset: number, value: bigint): number {
  let at = offset;
  let rest = value;
  for (; rest >= 128n; rest >>= 7n) u8[at++] = Number(rest & 127n) | 128;
  u8[at++] = Number(rest);
  return at;
}

export class BitWriter {
  readonly #u8: Uint8Array;
  #at: number;
  #bits = 0n;
  #count = 0;

  constructor(u8: Uint8Array, at: number) {
    this.#u8 = u8;
    this.#at = at;
  }

  write(value: bigint, width: number): void {
    this.#bits |= value << BigInt(this.#count);
    this.#count += width;
    for (; this.#count >= 8; this.#count -= 8) {
      this.#u8[this.#at++] = Number(this.#bits & 255n);
      this.#bits >>= BYTE;
    }
  }

  /** Writes what is left up to a whole byte; the offset behind it. */
  end(): number {
    if (this.#count > 0) this.#u8[this.#at++] = Number(this.#bits & 255n);
    return this.#at;
  }
}

/** A cursor over bytes and over the bits behind them. */
export class BitReader {
  readonly #u8: Uint8Array;
  at: number;
  /** Bits read since the cursor stood at `at`. */
  position = 0;

  constructor(u8: Uint8Array, at: number) {
    this.#u8 = u8;
    this.at = at;
  }

  byte(): number {
    return this.#u8[this.at++]!;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) break;
    }
    return unsigned(value);
  }

  bits(width: number): bigint {
    let value = 0n;
    for (let bit = 0; bit < width; bit++, this.position++) {
      const byte = this.#u8[this.at + (this.position >> 3)]!;
      value |= BigInt((byte >> (this.position & 7)) & 1) << BigInt(bit);
    }
    return value;
  }

  /** Moves behind the last byte that bits were read from. */
  align(): void {
    this.at += (this.position + 7) >> 3;
    this.position = 0;
  }
}
