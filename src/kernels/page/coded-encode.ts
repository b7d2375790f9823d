/**
 * Writes residuals as a coded stream. Twin of `wasm/page/coded-encode.ts`: every choice that
 * shows in the bytes is made the same way, by whole numbers.
 */
import { SYMBOLS_MAX, TABLE_BITS_MAX, TABLE_BITS_MIN } from "../layout/page-layout.ts";
import { BitWriter, signed, unsigned, writeVarint, zigzag } from "./bits64.ts";
import {
  describeSymbol,
  extraOf,
  log2Of,
  mergedSymbol,
  shareTable,
  spreadSymbols,
  symbolOf,
} from "./coded-symbols.ts";

const PARTS_MAX = 2;
const USED_SYMBOLS_MAX = 256;
const SYMBOL_COST = 9 * 256;

/** The offset behind the stream. */
export function encodeCoded(
  u8: Uint8Array,
  out: number,
  residuals: readonly bigint[],
  center: bigint,
): number {
  const distances = residuals.map((residual) => signed(residual - center));
  const symbolsOf = (parts: number): number[] =>
    distances.map((distance) => symbolOf(distance, parts));
  let parts = chooseParts(symbolsOf(PARTS_MAX));
  if (new Set(symbolsOf(parts)).size > USED_SYMBOLS_MAX) parts = 0;
  const symbols = symbolsOf(parts);
  const used = new Set(symbols).size;
  const count = symbols.length;
  let bits = Math.min(TABLE_BITS_MAX, 29 - Math.clz32(count | 512));
  while (bits < TABLE_BITS_MAX && 1 << bits < used * 2) bits++;
  const shares = shareTable(countsOf(symbols), count, bits);
  const isOneSided = symbols.every((symbol) => symbol % 2 === 0);
  u8[out] = parts | (isOneSided ? 4 : 0) | ((bits - TABLE_BITS_MIN) << 3);
  let at = writeVarint(u8, out + 1, zigzag(center));
  at = writeShares(u8, at, shares, isOneSided);
  at = writeStates(u8, at, symbols, shares, bits);
  const extras = new BitWriter(u8, at);
  for (const [i, symbol] of symbols.entries()) {
    const { base, extra } = describeSymbol(symbol, parts);
    extras.write(unsigned(distances[i]! - base), extra);
  }
  return extras.end();
}

function countsOf(symbols: readonly number[]): Uint32Array {
  const counts = new Uint32Array(SYMBOLS_MAX);
  for (const symbol of symbols) counts[symbol] = counts[symbol]! + 1;
  return counts;
}

function chooseParts(finest: readonly number[]): number {
  let best = 0;
  let least = Infinity;
  for (let parts = 0; parts <= PARTS_MAX; parts++) {
    const counts = countsOf(finest.map((symbol) => mergedSymbol(symbol, PARTS_MAX, parts)));
    let cost = 0;
    for (const [symbol, seen] of counts.entries()) {
      if (seen === 0) continue;
      const extra = extraOf((symbol + 1) >> 1, parts);
      cost += seen * (extra * 256 + log2Of(finest.length) - log2Of(seen)) + SYMBOL_COST;
    }
    if (cost < least) {
      least = cost;
      best = parts;
    }
  }
  return best;
}

function writeShares(
  u8: Uint8Array,
  out: number,
  shares: Uint32Array,
  isOneSided: boolean,
): number {
  const step = isOneSided ? 2 : 1;
  const first = shares.findIndex((share) => share > 0);
  const last = shares.findLastIndex((share) => share > 0);
  let at = writeVarint(u8, out, BigInt(first));
  at = writeVarint(u8, at, BigInt((last - first) / step + 1));
  const nibbles = new BitWriter(u8, at);
  for (let symbol = first; symbol <= last; symbol += step) {
    let share = shares[symbol]!;
    for (; share >= 8; share >>= 3) nibbles.write(BigInt((share & 7) | 8), 4);
    nibbles.write(BigInt(share), 4);
  }
  return nibbles.end();
}

/** The coder runs from the last sample to the first, so that the reader runs forward. */
function writeStates(
  u8: Uint8Array,
  out: number,
  symbols: readonly number[],
  shares: Uint32Array,
  bits: number,
): number {
  const size = 1 << bits;
  const places = new Map<number, number[]>();
  for (const [place, symbol] of spreadSymbols(shares, bits).entries()) {
    const list = places.get(symbol) ?? [];
    list.push(place);
    places.set(symbol, list);
  }
  const lanes = [size, size];
  const shedBits: { value: number; width: number }[] = [];
  for (let i = symbols.length - 1; i >= 0; i--) {
    const state = lanes[i & 1]!;
    const share = shares[symbols[i]!]!;
    let shed = 0;
    while (state >> shed >= share * 2) shed++;
    shedBits.push({ value: state & ((1 << shed) - 1), width: shed });
    lanes[i & 1] = places.get(symbols[i]!)![(state >> shed) - share]! + size;
  }
  shedBits.reverse();
  const total = shedBits.reduce((sum, { width }) => sum + width, 2 * bits);
  const writer = new BitWriter(u8, writeVarint(u8, out, BigInt((total + 7) >> 3)));
  for (const lane of lanes) writer.write(BigInt(lane - size), bits);
  for (const { value, width } of shedBits) writer.write(BigInt(value), width);
  return writer.end();
}
