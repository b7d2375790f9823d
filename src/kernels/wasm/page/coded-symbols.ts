/**
 * Symbols of a coded stream: a distance d from the centre is a size class, a part of that class and
 * a sign, plus so many extra bits as say which of the class it is. With `parts` p a class of sizes
 * [2^k, 2^(k+1)) has up to 2^p parts. Also the model: how many of a table's entries each symbol has.
 */
import { SCRATCH_FREQUENCIES, SCRATCH_HISTOGRAM, SCRATCH_STARTS } from "./scratch";

// @ts-ignore: decorator
@inline
export function indexOf(size: u64, parts: u64): u32 {
  const magnitude = 63 - clz(size | 1);
  if (magnitude <= parts) return <u32>size;
  const extra = magnitude - parts;
  return <u32>((extra << parts) + (size >> extra));
}

// @ts-ignore: decorator
@inline
export function extraOf(index: u32, parts: u32): u32 {
  return index < <u32>2 << parts ? 0 : (index >> parts) - 1;
}

// @ts-ignore: decorator
@inline
export function leastOf(index: u32, parts: u32): u64 {
  const extra = extraOf(index, parts);
  return <u64>(index - (extra << parts)) << extra;
}

// @ts-ignore: decorator
@inline
export function symbolOf(distance: i64, parts: u64): u32 {
  const size = distance < 0 ? 0 - <u64>distance : <u64>distance;
  return (indexOf(size, parts) << 1) - <u32>(distance < 0);
}

/** The least distance of a symbol: distance = base + extra bits, for negative ones too. */
export function baseOf(symbol: u32, parts: u32): i64 {
  const index = (symbol + 1) >> 1;
  const least = <i64>leastOf(index, parts);
  if ((symbol & 1) == 0) return least;
  return 1 - least - (<i64>1 << extraOf(index, parts));
}

/** log2 in 1/256, for comparing costs: whole numbers only, so that both languages agree. */
// @ts-ignore: decorator
@inline
export function log2Of(value: u32): u32 {
  const magnitude = 31 - clz<u32>(value);
  const fraction = ((value << clz<u32>(value)) >> 23) & 255;
  return (magnitude << 8) + fraction + ((fraction * (256 - fraction) * 88) >> 16);
}

/**
 * Turns counts of `symbols` symbols (`SCRATCH_HISTOGRAM`, sum `total`) into shares of a table with
 * 2^`bits` entries: at least 1 for each that occurs, in sum all of them.
 */
export function shareTable(scratch: usize, symbols: u32, total: u32, bits: u32): void {
  const counts = scratch + SCRATCH_HISTOGRAM;
  const shares = scratch + SCRATCH_FREQUENCIES;
  let left = <i32>1 << bits;
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    const count = load<u32>(counts + (symbol << 2));
    let share: u32 = 0;
    if (count != 0) {
      share = <u32>(((<u64>count << (bits + 1)) / total + 1) >> 1);
      if (share == 0) share = 1;
    }
    store<u32>(shares + (symbol << 2), share);
    left -= <i32>share;
  }
  // Rounding is off by a few: the largest shares take it.
  while (left != 0) {
    let largest: u32 = 0;
    let most: u32 = 0;
    for (let symbol: u32 = 0; symbol < symbols; symbol++) {
      const share = load<u32>(shares + (symbol << 2));
      if (share > most) {
        most = share;
        largest = symbol;
      }
    }
    let change: i32 = left;
    if (left < 0) {
      const half = <i32>(most >> 1);
      change = left < -half ? -half : left;
    }
    store<u32>(shares + (largest << 2), most + change);
    left -= change;
  }
}

/**
 * Calls nothing, keeps nothing: the entry that follows `position` when symbols are spread over a
 * table of `size` entries. The step is odd, so every entry is met once.
 */
// @ts-ignore: decorator
@inline
export function spreadStep(position: u32, size: u32): u32 {
  return (position + (size >> 1) + (size >> 3) + 3) & (size - 1);
}

/** First place of each symbol among the entries in symbol order. */
export function startsOf(scratch: usize, symbols: u32): void {
  let start: u32 = 0;
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    store<u32>(scratch + SCRATCH_STARTS + (symbol << 2), start);
    start += load<u32>(scratch + SCRATCH_FREQUENCIES + (symbol << 2));
  }
}
