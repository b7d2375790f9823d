/**
 * Writes residuals as a coded stream: symbols by a table that gives frequent ones fewer bits (a
 * tabled asymmetric numeral system, two interleaved states), then their extra bits. The bytes are
 * drawn in `src/chunk/FORMAT.md`.
 */
import { SYMBOLS_MAX, TABLE_BITS_MAX, TABLE_BITS_MIN } from "../../layout/page-layout";
import { endBits, startBits, writeBits } from "./bit-stream";
import {
  baseOf,
  extraOf,
  indexOf,
  leastOf,
  log2Of,
  shareTable,
  spreadStep,
  startsOf,
  symbolOf,
} from "./coded-symbols";
import {
  SCRATCH_CODES,
  SCRATCH_ENTRIES,
  SCRATCH_FINEST,
  SCRATCH_FREQUENCIES,
  SCRATCH_HISTOGRAM,
  SCRATCH_RESIDUALS,
  SCRATCH_STARTS,
  SCRATCH_SYMBOLS,
  SCRATCH_TABLE,
} from "./scratch";
import { writeVarint, zigzag } from "./varint";

const PARTS_MAX: u32 = 2;
/** Half of the largest table; without parts there are at most 129. */
const USED_SYMBOLS_MAX: u32 = 256;
/** What a symbol costs in the head, in 1/256 bits: some two to three nibbles. */
const SYMBOL_COST: u64 = 9 << 8;

/**
 * What the loops need of a symbol: base, (bits shed << 16) - the state from which on that many are
 * shed, where its table positions begin minus its share, extra bits.
 */
const RECORD_BASE: usize = 0;
const RECORD_SHED: usize = 8;
const RECORD_FIND: usize = 12;
const RECORD_EXTRA: usize = 14;
const RECORD_SHIFT: u32 = 4;

/** What `writeExtras` takes: with 7 bits left over they fit a word. */
const WORD_BITS_MAX: u32 = 56;

/** Symbols seen: from the first to behind the last, and how many differ. */
let firstSymbol: u32 = 0;
let endSymbol: u32 = 0;
let usedSymbols: u32 = 0;
let isOneSided: bool = false;
let widestExtra: u32 = 0;

/** Writes `count` (>= 1) residuals of the scratch; the address behind them. */
export function encodeCoded(count: u32, center: i64, out: usize, scratch: usize): usize {
  const finestEnd = countSymbols(count, center, scratch);
  let parts = chooseParts(count, finestEnd, scratch);
  mergeCounts(parts, finestEnd, scratch);
  if (usedSymbols > USED_SYMBOLS_MAX) {
    parts = 0;
    mergeCounts(parts, finestEnd, scratch);
  }
  let bits: u32 = 29 - clz<u32>(count | 512);
  if (bits > <u32>TABLE_BITS_MAX) bits = TABLE_BITS_MAX;
  while (bits < <u32>TABLE_BITS_MAX && <u32>1 << bits < usedSymbols << 1) bits++;
  shareTable(scratch, endSymbol, count, bits);
  let at = out;
  store<u8>(at++, <u8>(parts | (isOneSided ? 4 : 0) | ((bits - TABLE_BITS_MIN) << 3)));
  at = writeVarint(at, zigzag(center));
  at = writeShares(at, scratch);
  buildPositions(bits, scratch);
  buildRecords(parts, bits, finestEnd, scratch);
  at = writeStates(count, bits, at, scratch);
  if (widestExtra == 0) return at;
  return widestExtra <= WORD_BITS_MAX
    ? writeExtras(count, center, at, scratch)
    : writeWideExtras(count, center, at, scratch);
}

/** Symbols of most parts (`SCRATCH_SYMBOLS`) and their counts (`SCRATCH_FINEST`); behind the last. */
function countSymbols(count: u32, center: i64, scratch: usize): u32 {
  const counts = scratch + SCRATCH_FINEST;
  memory.fill(counts, 0, SYMBOLS_MAX << 2);
  const residuals = scratch + SCRATCH_RESIDUALS;
  const symbols = scratch + SCRATCH_SYMBOLS;
  let last: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const symbol = symbolOf(load<i64>(residuals + (i << 3)) - center, PARTS_MAX);
    store<u16>(symbols + (i << 1), <u16>symbol);
    last = max(last, symbol);
    const at = counts + (symbol << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  return last + 1;
}

// @ts-ignore: decorator
@inline
function mergedSymbol(symbol: u32, parts: u32): u32 {
  return (indexOf(leastOf((symbol + 1) >> 1, PARTS_MAX), parts) << 1) - (symbol & 1);
}

/** Counts of symbols of so many parts (`SCRATCH_HISTOGRAM`), and what is known of all of them. */
function mergeCounts(parts: u32, finestEnd: u32, scratch: usize): void {
  const counts = scratch + SCRATCH_FINEST;
  const merged = scratch + SCRATCH_HISTOGRAM;
  memory.fill(merged, 0, <usize>finestEnd << 2);
  let negative: u32 = 0;
  endSymbol = 0;
  usedSymbols = 0;
  firstSymbol = SYMBOLS_MAX;
  for (let finest: u32 = 0; finest < finestEnd; finest++) {
    const seen = load<u32>(counts + (finest << 2));
    if (seen == 0) continue;
    const symbol = mergedSymbol(finest, parts);
    const at = merged + (symbol << 2);
    const before = load<u32>(at);
    store<u32>(at, before + seen);
    negative |= symbol & 1;
    usedSymbols += <u32>(before == 0);
    firstSymbol = min(firstSymbol, symbol);
    endSymbol = max(endSymbol, symbol + 1);
  }
  isOneSided = negative == 0;
}

/** The number of parts that costs least. */
function chooseParts(count: u32, finestEnd: u32, scratch: usize): u32 {
  const all = log2Of(count);
  let best: u32 = 0;
  let least: u64 = u64.MAX_VALUE;
  for (let parts: u32 = 0; parts <= PARTS_MAX; parts++) {
    mergeCounts(parts, finestEnd, scratch);
    let cost: u64 = 0;
    for (let symbol = firstSymbol; symbol < endSymbol; symbol++) {
      const seen = load<u32>(scratch + SCRATCH_HISTOGRAM + (symbol << 2));
      if (seen == 0) continue;
      const each = (extraOf((symbol + 1) >> 1, parts) << 8) + all - log2Of(seen);
      cost += <u64>seen * each + SYMBOL_COST;
    }
    if (cost < least) {
      least = cost;
      best = parts;
    }
  }
  return best;
}

/** Shares as numbers of base 8, a nibble each, lowest first; bit 3 of a nibble: more follow. */
function writeShares(out: usize, scratch: usize): usize {
  const step: u32 = isOneSided ? 2 : 1;
  const symbols = (endSymbol - firstSymbol + step - 1) / step;
  let at = writeVarint(out, firstSymbol);
  at = writeVarint(at, symbols);
  startBits(at);
  for (let symbol = firstSymbol; symbol < endSymbol; symbol += step) {
    let share = load<u32>(scratch + SCRATCH_FREQUENCIES + (symbol << 2));
    while (share >= 8) {
      writeBits((share & 7) | 8, 4);
      share >>= 3;
    }
    writeBits(share, 4);
  }
  return endBits();
}

/** For each symbol in order, the table positions it got, by rising place. */
function buildPositions(bits: u32, scratch: usize): void {
  startsOf(scratch, endSymbol);
  const size = <u32>1 << bits;
  let position: u32 = 0;
  const table = scratch + SCRATCH_TABLE;
  const marks = scratch + SCRATCH_CODES;
  for (let symbol = firstSymbol; symbol < endSymbol; symbol++) {
    const share = load<u32>(scratch + SCRATCH_FREQUENCIES + (symbol << 2));
    for (let i: u32 = 0; i < share; i++) {
      store<u16>(marks + (position << 1), <u16>symbol);
      position = spreadStep(position, size);
    }
  }
  for (let place: u32 = 0; place < size; place++) {
    const next = scratch + SCRATCH_STARTS + (<u32>load<u16>(marks + (place << 1)) << 2);
    const rank = load<u32>(next);
    store<u32>(next, rank + 1);
    store<u32>(table + (rank << 2), place);
  }
}

/** Records by finest symbol; `buildPositions` left behind the end of each one's positions. */
function buildRecords(parts: u32, bits: u32, finestEnd: u32, scratch: usize): void {
  widestExtra = 0;
  for (let finest: u32 = 0; finest < finestEnd; finest++) {
    if (load<u32>(scratch + SCRATCH_FINEST + (finest << 2)) == 0) continue;
    const symbol = mergedSymbol(finest, parts);
    const share = load<u32>(scratch + SCRATCH_FREQUENCIES + (symbol << 2));
    const record = scratch + SCRATCH_ENTRIES + (finest << RECORD_SHIFT);
    const start = load<u32>(scratch + SCRATCH_STARTS + (symbol << 2)) - share;
    // Most bits that a state sheds: those below share << shed shed one less.
    const shed = share == 1 ? bits : bits - 31 + clz<u32>(share - 1);
    const extra = extraOf((symbol + 1) >> 1, parts);
    widestExtra = max(widestExtra, extra);
    store<i64>(record, baseOf(symbol, parts), RECORD_BASE);
    store<u32>(record, (shed << 16) - (share << shed), RECORD_SHED);
    store<i16>(record, <i16>(start - share), RECORD_FIND);
    store<u16>(record, <u16>extra, RECORD_EXTRA);
  }
}

/** From the last sample to the first, so that a reader runs forward. */
function writeStates(count: u32, bits: u32, out: usize, scratch: usize): usize {
  const size = <u32>1 << bits;
  const table = scratch + SCRATCH_TABLE;
  const records = scratch + SCRATCH_ENTRIES;
  const symbols = scratch + SCRATCH_SYMBOLS;
  const codes = scratch + SCRATCH_CODES;
  // A state is a table position + size; both lanes end in position 0.
  let state = size;
  let other = size;
  let stateBits = bits << 1;
  // Lane 0 has the even samples: it must be at hand for the last of them.
  for (let i = <i32>count - 1; i >= 0; i--) {
    const symbol = <u32>load<u16>(symbols + (<usize>i << 1));
    const record = records + (symbol << RECORD_SHIFT);
    const shed = (state + load<u32>(record, RECORD_SHED)) >> 16;
    const place = (state >> shed) + load<i16>(record, RECORD_FIND);
    // The bits shed, with a 1 above them that says how many.
    store<u16>(codes + (<usize>i << 1), <u16>((state & ((<u32>1 << shed) - 1)) | (<u32>1 << shed)));
    stateBits += shed;
    state = other;
    other = load<u32>(table + (place << 2)) + size;
  }
  // Lanes swap roles with every sample, so after sample 0 the even lane is the other one.
  const at = writeVarint(out, (stateBits + 7) >> 3);
  let word: u64 = other - size;
  word |= <u64>(state - size) << bits;
  let filled = bits << 1;
  let to = at;
  for (let i: u32 = 0; i < count; i++) {
    const code: u32 = load<u16>(codes + (i << 1));
    const shed = 31 - clz<u32>(code);
    word |= <u64>(code ^ (<u32>1 << shed)) << filled;
    filled += shed;
    // Whole bytes leave; what is stored behind them is overwritten next.
    store<u64>(to, word);
    to += filled >> 3;
    word >>= filled & ~7;
    filled &= 7;
  }
  store<u64>(to, word);
  return at + ((stateBits + 7) >> 3);
}

function writeExtras(count: u32, center: i64, out: usize, scratch: usize): usize {
  const records = scratch + SCRATCH_ENTRIES;
  let word: u64 = 0;
  let filled: u32 = 0;
  let to = out;
  for (let i: u32 = 0; i < count; i++) {
    const symbol = <u32>load<u16>(scratch + SCRATCH_SYMBOLS + (i << 1));
    const record = records + (symbol << RECORD_SHIFT);
    const distance = load<i64>(scratch + SCRATCH_RESIDUALS + (i << 3)) - center;
    word |= <u64>(distance - load<i64>(record, RECORD_BASE)) << filled;
    filled += load<u16>(record, RECORD_EXTRA);
    store<u64>(to, word);
    to += filled >> 3;
    word >>= filled & ~7;
    filled &= 7;
  }
  store<u64>(to, word);
  return to + ((filled + 7) >> 3);
}

function writeWideExtras(count: u32, center: i64, out: usize, scratch: usize): usize {
  startBits(out);
  for (let i: u32 = 0; i < count; i++) {
    const symbol = <u32>load<u16>(scratch + SCRATCH_SYMBOLS + (i << 1));
    const record = scratch + SCRATCH_ENTRIES + (symbol << RECORD_SHIFT);
    const distance = load<i64>(scratch + SCRATCH_RESIDUALS + (i << 3)) - center;
    writeBits(<u64>(distance - load<i64>(record, RECORD_BASE)), load<u16>(record, RECORD_EXTRA));
  }
  return endBits();
}
