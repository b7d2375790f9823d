/**
 * Snappy over symbols instead of bytes: symbols from 256 on stand for bytes that are not known yet,
 * and are written as zeros. Equal symbols are equal bytes for ever, so a copy stays true whatever the
 * unknown bytes become. Greedy, one candidate per hash, as the reference compressor.
 */
import { writeVarint } from "../ingest/write-varint.ts";

export interface CompressedSymbols {
  readonly bytes: Buffer;
  /** Offset of each symbol's literal byte; -1 when a copy brings it. */
  readonly literalAt: Int32Array;
}

const MATCH_MIN = 4;
/** What one copy can say. */
const MATCH_MAX = 64;
const OFFSET_MAX = 65_535;
const HASH_BITS = 14;
/** A literal of one symbol costs a tag: the worst case, and room for the length. */
const GROWTH = 2;
const HEADER_BYTES = 16;

export function compressSymbols(symbols: Int32Array): CompressedSymbols {
  const out = new Emitter(symbols);
  const table = new Int32Array(1 << HASH_BITS).fill(-1);
  let literal = 0;
  for (let at = 0; at + MATCH_MIN <= symbols.length;) {
    const slot = hashAt(symbols, at);
    const candidate = table[slot]!;
    table[slot] = at;
    const isNear = candidate >= 0 && at - candidate <= OFFSET_MAX;
    const length = isNear ? matchLength(symbols, candidate, at) : 0;
    if (length < MATCH_MIN) {
      at++;
      continue;
    }
    out.literal(literal, at);
    out.copy(at - candidate, length);
    at += length;
    literal = at;
  }
  out.literal(literal, symbols.length);
  return out.take();
}

function hashAt(symbols: Int32Array, at: number): number {
  let hash = Math.imul(symbols[at]!, 0x1e35_a7bd) ^ Math.imul(symbols[at + 1]!, 0x9e37_79b1);
  hash ^= Math.imul(symbols[at + 2]!, 0x85eb_ca6b) ^ Math.imul(symbols[at + 3]!, 0xc2b2_ae35);
  return Math.imul(hash ^ (hash >>> 15), 0x27d4_eb2d) >>> (32 - HASH_BITS);
}

function matchLength(symbols: Int32Array, from: number, at: number): number {
  let length = 0;
  while (at + length < symbols.length && symbols[from + length] === symbols[at + length]) length++;
  return length;
}

class Emitter {
  readonly #symbols: Int32Array;
  readonly #bytes: Buffer;
  readonly #literalAt: Int32Array;
  #at: number;

  constructor(symbols: Int32Array) {
    this.#symbols = symbols;
    this.#bytes = Buffer.allocUnsafe(GROWTH * symbols.length + HEADER_BYTES);
    this.#literalAt = new Int32Array(symbols.length).fill(-1);
    this.#at = writeVarint(this.#bytes, 0, symbols.length);
  }

  literal(from: number, to: number): void {
    if (from === to) return;
    const length = to - from - 1;
    if (length < 60) {
      this.#byte(length << 2);
    } else {
      const extra = length < 1 << 8 ? 1 : length < 1 << 16 ? 2 : 3;
      this.#byte((59 + extra) << 2);
      for (let k = 0; k < extra; k++) this.#byte((length >> (8 * k)) & 255);
    }
    for (let i = from; i < to; i++) {
      this.#literalAt[i] = this.#at;
      const symbol = this.#symbols[i]!;
      this.#byte(symbol < 256 ? symbol : 0);
    }
  }

  copy(offset: number, length: number): void {
    for (let rest = length; rest > 0;) {
      const part = Math.min(rest, MATCH_MAX);
      this.#byte(((part - 1) << 2) | 2);
      this.#byte(offset & 255);
      this.#byte(offset >> 8);
      rest -= part;
    }
  }

  take(): CompressedSymbols {
    return { bytes: Buffer.from(this.#bytes.subarray(0, this.#at)), literalAt: this.#literalAt };
  }

  #byte(value: number): void {
    this.#bytes[this.#at++] = value;
  }
}
