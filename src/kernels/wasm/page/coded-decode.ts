/**
 * Reads a coded stream (`coded-encode.ts`) and undoes the prediction on the way: what it stores are
 * running sums. The table is built from the shares in the head; after that a sample is two loads
 * from it, some state bits and some extra bits, with nothing to branch on.
 */
import { SYMBOLS_MAX, TABLE_BITS_MAX, TABLE_BITS_MIN } from "../../layout/page-layout";
import { readBits, readWideBits } from "./bit-stream";
import { baseOf, extraOf, spreadStep } from "./coded-symbols";
import { SCRATCH_CODES, SCRATCH_ENTRIES, SCRATCH_FREQUENCIES } from "./scratch";
import { readVarint, unzigzag, varintEnd } from "./varint";

/** Twice this many bits are in one word at any position. */
const NARROW_BITS_MAX: u32 = 28;
const EXTRA_BITS_MAX: u32 = 63;

/** Table entry: all that a state says, masks too, because variable shifts are dear. */
const ENTRY_BASE: usize = 0;
const ENTRY_EXTRA_MASK: usize = 8;
const ENTRY_NEXT: usize = 16;
const ENTRY_SHED_MASK: usize = 18;
const ENTRY_EXTRA: usize = 20;
const ENTRY_SHED: usize = 21;
const ENTRY_SHIFT: u32 = 5;

let tableBits: u32 = 0;
let widestExtra: u32 = 0;

/**
 * Reads `count` residuals and stores as i64 at `out`: step = step x `keepStep` + residual, sum =
 * sum x `keepSum` + step (the masks are 0 or -1). Returns the address behind the stream, or 0 when
 * it is none. `limit` is the end of what may belong to it.
 */
export function decodeCoded(
  source: usize,
  limit: usize,
  count: u32,
  out: usize,
  firstStep: i64,
  keepStep: i64,
  keepSum: i64,
  scratch: usize,
): usize {
  const at = buildTable(source, limit, scratch);
  if (at == 0) return 0;
  const stateBytes = readVarint(at);
  const states = varintEnd;
  if (states > limit || stateBytes > <u64>(limit - states)) return 0;
  const extras = states + <usize>stateBytes;
  const table = scratch + SCRATCH_ENTRIES;
  if (widestExtra <= NARROW_BITS_MAX) {
    return readNarrow(states, extras, count, out, firstStep, keepStep, keepSum, table);
  }
  return readWide(states, extras, count, out, firstStep, keepStep, keepSum, table);
}

/** Address behind the shares, or 0. */
function buildTable(source: usize, limit: usize, scratch: usize): usize {
  const flags: u32 = load<u8>(source);
  const parts = flags & 3;
  const step: u32 = flags & 4 ? 2 : 1;
  tableBits = (flags >> 3) + TABLE_BITS_MIN;
  if (parts == 3 || tableBits > <u32>TABLE_BITS_MAX) return 0;
  const center = unzigzag(readVarint(source + 1));
  const first = readVarint(varintEnd);
  const symbols = readVarint(varintEnd);
  if (first >= <u64>SYMBOLS_MAX || symbols > <u64>SYMBOLS_MAX) return 0;
  const end = <u32>first + <u32>symbols * step;
  if (end > <u32>SYMBOLS_MAX + 1) return 0;
  const at = readShares(varintEnd, limit, <u32>first, end, step, scratch);
  if (at == 0) return 0;
  widestExtra = 0;
  const marks = scratch + SCRATCH_CODES;
  const shares = scratch + SCRATCH_FREQUENCIES;
  const size = <u32>1 << tableBits;
  for (let place: u32 = 0; place < size; place++) {
    const symbol: u32 = load<u16>(marks + (place << 1));
    const rank = load<u32>(shares + (symbol << 2));
    store<u32>(shares + (symbol << 2), rank + 1);
    const shed = tableBits - 31 + clz<u32>(rank);
    const extra = extraOf((symbol + 1) >> 1, parts);
    if (extra > widestExtra) widestExtra = extra;
    const entry = entryOf(scratch + SCRATCH_ENTRIES, place);
    store<i64>(entry, center + baseOf(symbol, parts), ENTRY_BASE);
    store<u64>(entry, (<u64>1 << extra) - 1, ENTRY_EXTRA_MASK);
    store<u16>(entry, <u16>((rank << shed) - size), ENTRY_NEXT);
    store<u16>(entry, <u16>((<u32>1 << shed) - 1), ENTRY_SHED_MASK);
    store<u8>(entry, <u8>extra, ENTRY_EXTRA);
    store<u8>(entry, <u8>shed, ENTRY_SHED);
  }
  return widestExtra > EXTRA_BITS_MAX ? 0 : at;
}

/** Reads the shares and spreads the symbols; false shares are told by their sum. */
function readShares(
  source: usize,
  limit: usize,
  first: u32,
  end: u32,
  step: u32,
  scratch: usize,
): usize {
  const marks = scratch + SCRATCH_CODES;
  const size = <u32>1 << tableBits;
  let left = size;
  let position: u32 = 0;
  let nibble: u32 = 0;
  for (let symbol = first; symbol < end; symbol += step) {
    let share: u32 = 0;
    let shift: u32 = 0;
    let digit: u32 = 0;
    do {
      digit = <u32>readBits(source, nibble << 2, 4);
      nibble++;
      share |= (digit & 7) << shift;
      shift += 3;
    } while (digit >= 8 && shift < 12);
    if (share > left) return 0;
    left -= share;
    store<u32>(scratch + SCRATCH_FREQUENCIES + (symbol << 2), share);
    for (let i: u32 = 0; i < share; i++) {
      store<u16>(marks + (position << 1), <u16>symbol);
      position = spreadStep(position, size);
    }
  }
  const at = source + ((nibble + 1) >> 1);
  return left != 0 || at > limit ? 0 : at;
}

// @ts-ignore: decorator
@inline
function entryOf(table: usize, state: u32): usize {
  return table + (<usize>state << ENTRY_SHIFT);
}

/** Two samples per turn, one of each lane: their extra bits fit one word. */
function readNarrow(
  states: usize,
  extras: usize,
  count: u32,
  out: usize,
  firstStep: i64,
  keepStep: i64,
  keepSum: i64,
  table: usize,
): usize {
  let position = tableBits << 1;
  let extraPosition: u32 = 0;
  let even = entryOf(table, <u32>readBits(states, 0, tableBits));
  let odd = entryOf(table, <u32>readBits(states, tableBits, tableBits));
  let step = firstStep;
  let sum: i64 = 0;
  const end = out + (<usize>(count & ~1) << 3);
  let to = out;
  for (; to < end; to += 16) {
    let extraWord = load<u64>(extras + (extraPosition >> 3)) >> (extraPosition & 7);
    let word = load<u64>(states + (position >> 3)) >> (position & 7);
    const evenExtra: u32 = load<u8>(even, ENTRY_EXTRA);
    const evenShed: u32 = load<u8>(even, ENTRY_SHED);
    const evenBits = extraWord & load<u64>(even, ENTRY_EXTRA_MASK);
    step = (step & keepStep) + load<i64>(even, ENTRY_BASE) + <i64>evenBits;
    sum = (sum & keepSum) + step;
    store<i64>(to, sum);
    extraWord >>= evenExtra;
    const oddBits = extraWord & load<u64>(odd, ENTRY_EXTRA_MASK);
    step = (step & keepStep) + load<i64>(odd, ENTRY_BASE) + <i64>oddBits;
    sum = (sum & keepSum) + step;
    store<i64>(to, sum, 8);
    extraPosition += evenExtra + load<u8>(odd, ENTRY_EXTRA);
    position += evenShed + load<u8>(odd, ENTRY_SHED);
    const evenNext = load<u16>(even, ENTRY_NEXT) + (<u32>word & load<u16>(even, ENTRY_SHED_MASK));
    word >>= evenShed;
    const oddNext = load<u16>(odd, ENTRY_NEXT) + (<u32>word & load<u16>(odd, ENTRY_SHED_MASK));
    even = entryOf(table, evenNext);
    odd = entryOf(table, oddNext);
  }
  if (count & 1) {
    const bits = readBits(extras, extraPosition, load<u8>(even, ENTRY_EXTRA));
    step = (step & keepStep) + load<i64>(even, ENTRY_BASE) + <i64>bits;
    store<i64>(to, (sum & keepSum) + step);
    extraPosition += load<u8>(even, ENTRY_EXTRA);
    const shed: u32 = load<u8>(even, ENTRY_SHED);
    even = entryOf(table, load<u16>(even, ENTRY_NEXT) + <u32>readBits(states, position, shed));
    position += shed;
  }
  const isEnd = even == table && odd == table;
  return isEnd ? endOf(states, position, extras, extraPosition) : 0;
}

/** One sample per turn, any number of extra bits. */
function readWide(
  states: usize,
  extras: usize,
  count: u32,
  out: usize,
  firstStep: i64,
  keepStep: i64,
  keepSum: i64,
  table: usize,
): usize {
  let position = tableBits << 1;
  let extraPosition: u32 = 0;
  let entry = entryOf(table, <u32>readBits(states, 0, tableBits));
  let other = entryOf(table, <u32>readBits(states, tableBits, tableBits));
  let step = firstStep;
  let sum: i64 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const extra: u32 = load<u8>(entry, ENTRY_EXTRA);
    step = (step & keepStep) + load<i64>(entry, ENTRY_BASE);
    step += <i64>readWideBits(extras, extraPosition, extra);
    sum = (sum & keepSum) + step;
    store<i64>(out + (i << 3), sum);
    extraPosition += extra;
    const shed: u32 = load<u8>(entry, ENTRY_SHED);
    const next = load<u16>(entry, ENTRY_NEXT) + <u32>readBits(states, position, shed);
    position += shed;
    entry = other;
    other = entryOf(table, next);
  }
  const isEnd = entry == table && other == table;
  return isEnd ? endOf(states, position, extras, extraPosition) : 0;
}

/** The state bits end where they were said to, else it is no stream. */
function endOf(states: usize, position: u32, extras: usize, extraPosition: u32): usize {
  if (states + ((position + 7) >> 3) != extras) return 0;
  return extras + ((extraPosition + 7) >> 3);
}
