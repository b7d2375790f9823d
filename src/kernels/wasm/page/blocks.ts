/**
 * Residuals in blocks of 128: their least one, and the distance of each from it in as many bits as
 * the largest needs. The fast packing. Bytes: `src/chunk/FORMAT.md`.
 */
import { BLOCK_RESIDUALS } from "../../layout/page-layout";
import { endBits, readBits, readWideBits, startBits, writeBits } from "./bit-stream";
import { SCRATCH_RESIDUALS } from "./scratch";
import { readVarint, unzigzag, varintBytes, varintEnd, writeVarint, zigzag } from "./varint";

/** Four times this many bits are in one word at any position. */
const QUAD_BITS_MAX: u32 = 14;

let least: i64 = 0;
let width: u64 = 0;

function measure(residuals: usize, from: u32, to: u32): void {
  least = load<i64>(residuals + (from << 3));
  let most = least;
  for (let i = from + 1; i < to; i++) {
    const residual = load<i64>(residuals + (i << 3));
    if (residual < least) least = residual;
    if (residual > most) most = residual;
  }
  width = 64 - clz<u64>(<u64>most - <u64>least);
}

export function blocksBytes(count: u32, scratch: usize): u32 {
  let bytes: u32 = 0;
  for (let from: u32 = 0; from < count; from += BLOCK_RESIDUALS) {
    const to = min<u32>(count, from + BLOCK_RESIDUALS);
    measure(scratch + SCRATCH_RESIDUALS, from, to);
    bytes += 1 + varintBytes(zigzag(least)) + <u32>(((to - from) * width + 7) >> 3);
  }
  return bytes;
}

export function encodeBlocks(count: u32, out: usize, scratch: usize): usize {
  const residuals = scratch + SCRATCH_RESIDUALS;
  let at = out;
  for (let from: u32 = 0; from < count; from += BLOCK_RESIDUALS) {
    const to = min<u32>(count, from + BLOCK_RESIDUALS);
    measure(residuals, from, to);
    store<u8>(at, <u8>width);
    at = writeVarint(at + 1, zigzag(least));
    startBits(at);
    for (let i = from; i < to; i++) writeBits(load<u64>(residuals + (i << 3)) - least, width);
    at = endBits();
  }
  return at;
}

/** As `decodeCoded`. */
export function decodeBlocks(
  source: usize,
  limit: usize,
  count: u32,
  out: usize,
  firstStep: i64,
  keepStep: i64,
  keepSum: i64,
): usize {
  let at = source;
  let step = firstStep;
  let sum: i64 = 0;
  let to = out;
  for (let from: u32 = 0; from < count; from += BLOCK_RESIDUALS) {
    if (at >= limit) return 0;
    const bits: u32 = load<u8>(at);
    if (bits > 64) return 0;
    const base = unzigzag(readVarint(at + 1));
    at = varintEnd;
    const end = to + (<usize>min<u32>(BLOCK_RESIDUALS, count - from) << 3);
    let position: u32 = 0;
    if (bits <= QUAD_BITS_MAX) {
      const mask = ((<u64>1) << bits) - 1;
      for (; to + 32 <= end; to += 32) {
        let word = load<u64>(at + (position >> 3)) >> (position & 7);
        step = (step & keepStep) + base + <i64>(word & mask);
        sum = (sum & keepSum) + step;
        store<i64>(to, sum);
        word >>= bits;
        step = (step & keepStep) + base + <i64>(word & mask);
        sum = (sum & keepSum) + step;
        store<i64>(to, sum, 8);
        word >>= bits;
        step = (step & keepStep) + base + <i64>(word & mask);
        sum = (sum & keepSum) + step;
        store<i64>(to, sum, 16);
        step = (step & keepStep) + base + <i64>((word >> bits) & mask);
        sum = (sum & keepSum) + step;
        store<i64>(to, sum, 24);
        position += bits << 2;
      }
    }
    // Past 57 bits a word is not enough; nothing is left to do for the loop behind.
    for (; bits > 57 && to < end; to += 8) {
      step = (step & keepStep) + base + <i64>readWideBits(at, position, bits);
      sum = (sum & keepSum) + step;
      store<i64>(to, sum);
      position += bits;
    }
    for (; to < end; to += 8) {
      step = (step & keepStep) + base + <i64>readBits(at, position, bits);
      sum = (sum & keepSum) + step;
      store<i64>(to, sum);
      position += bits;
    }
    at += (position + 7) >> 3;
  }
  return at;
}
