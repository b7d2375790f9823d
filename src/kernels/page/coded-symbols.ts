/**
 * Symbols of a coded stream and the shares of its table. Twin of
 * `wasm/page/coded-symbols.ts`, which explains them; the same numbers come out.
 */
import { widthOf } from "./bits64.ts";

export interface Symbol {
  /** The least distance from the centre. */
  readonly base: bigint;
  readonly extra: number;
}

/** log2 in 1/256, by whole numbers only. */
export function log2Of(value: number): number {
  const magnitude = 31 - Math.clz32(value);
  const fraction = ((value << Math.clz32(value)) >>> 23) & 255;
  return magnitude * 256 + fraction + ((fraction * (256 - fraction) * 88) >>> 16);
}

export function extraOf(index: number, parts: number): number {
  return index < 2 << parts ? 0 : (index >> parts) - 1;
}

function indexOf(size: bigint, parts: number): number {
  const extra = Math.max(0, widthOf(size) - 1 - parts);
  return (extra << parts) + Number(size >> BigInt(extra));
}

export function symbolOf(distance: bigint, parts: number): number {
  const size = distance < 0n ? -distance : distance;
  return indexOf(size, parts) * 2 - (distance < 0n ? 1 : 0);
}

export function describeSymbol(symbol: number, parts: number): Symbol {
  const index = (symbol + 1) >> 1;
  const extra = extraOf(index, parts);
  const least = BigInt(index - (extra << parts)) << BigInt(extra);
  return { base: symbol % 2 === 0 ? least : 1n - least - (1n << BigInt(extra)), extra };
}

/** The symbol with fewer parts that holds this one. */
export function mergedSymbol(symbol: number, fromParts: number, toParts: number): number {
  const index = (symbol + 1) >> 1;
  const extra = extraOf(index, fromParts);
  const least = BigInt(index - (extra << fromParts)) << BigInt(extra);
  return indexOf(least, toParts) * 2 - (symbol & 1);
}

/** Shares of a table of 2^bits entries for counts that sum up to `total`. */
export function shareTable(counts: Uint32Array, total: number, bits: number): Uint32Array {
  let left = 1 << bits;
  const shares = counts.map((count) => {
    const share = (Math.floor((count * 2 ** (bits + 1)) / total) + 1) >> 1;
    return count === 0 ? 0 : Math.max(1, share);
  });
  for (const share of shares) left -= share;
  while (left !== 0) {
    const most = Math.max(...shares);
    const largest = shares.indexOf(most);
    const change = Math.max(left, -(most >> 1));
    shares[largest] = most + change;
    left -= change;
  }
  return shares;
}

/** The symbol of each table entry. */
export function spreadSymbols(shares: Uint32Array, bits: number): Uint32Array {
  const size = 1 << bits;
  const table = new Uint32Array(size);
  let position = 0;
  for (const [symbol, share] of shares.entries()) {
    for (let i = 0; i < share; i++) {
      table[position] = symbol;
      position = (position + (size >> 1) + (size >> 3) + 3) & (size - 1);
    }
  }
  return table;
}
