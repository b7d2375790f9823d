/**
 * Values that the whole numbers of a column do not give. Twin of `wasm/page/patches.ts`: the
 * same bytes; reading refuses what reaches beyond the column.
 */
import { writeVarint } from "./bits64.ts";
import type { BitReader } from "./bits64.ts";
import { isSpecial } from "./decimal.ts";

const PATTERNS_MAX = 7;

/** Writes patches at `out`; the offset behind them. */
export function encodePatches(
  data: DataView,
  out: number,
  bits: readonly bigint[],
  patched: readonly boolean[],
): number {
  const u8 = new Uint8Array(data.buffer);
  const special = bits.filter((each, i) => patched[i] === true && isSpecial(each));
  const patterns = [...new Set(special)].slice(0, PATTERNS_MAX);
  u8[out] = patterns.length;
  let at = out + 1;
  for (const pattern of patterns) {
    data.setBigUint64(at, pattern, true);
    at += 8;
  }
  const numberOf = (i: number): number => {
    const found = patterns.indexOf(bits[i]!);
    return found < 0 ? patterns.length : found;
  };
  let from = 0;
  for (let i = 0; i < bits.length; i++) {
    if (patched[i] !== true) continue;
    const pattern = numberOf(i);
    let to = i + 1;
    while (to < bits.length && patched[to] === true && numberOf(to) === pattern) to++;
    at = writeVarint(u8, at, BigInt(i - from));
    at = writeVarint(u8, at, BigInt((to - i - 1) * (patterns.length + 1) + pattern));
    if (pattern === patterns.length) {
      for (let literal = i; literal < to; literal++, at += 8) {
        data.setBigUint64(at, bits[literal]!, true);
      }
    }
    from = to;
    i = to - 1;
  }
  return at;
}

/** Applies the patches from the reader to `end`; false when they are none. */
export function applyPatches(
  data: DataView,
  reader: BitReader,
  end: number,
  bits: bigint[],
): boolean {
  const known = reader.byte();
  const patternsAt = reader.at;
  reader.at += known * 8;
  if (known > PATTERNS_MAX || reader.at > end) return false;
  let i = 0n;
  while (reader.at < end) {
    const gap = reader.varint();
    const code = reader.varint();
    const pattern = Number(code % BigInt(known + 1));
    const length = code / BigInt(known + 1) + 1n;
    if (i + gap + length > BigInt(bits.length)) return false;
    i += gap;
    for (let k = 0; k < length; k++, i++) {
      if (pattern === known && reader.at + 8 > end) return false;
      const from = pattern === known ? reader.at : patternsAt + 8 * pattern;
      bits[Number(i)] = data.getBigUint64(from, true);
      if (pattern === known) reader.at += 8;
    }
  }
  return reader.at === end;
}
