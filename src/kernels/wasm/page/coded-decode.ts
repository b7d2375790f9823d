/**
 * Reads a coded stream (`coded-encode.ts`) and undoes the prediction on the way: what it stores are
 * running sums. The table is built from the shares in the head; after that a sample is two loads
 * from it, some state bits and some extra bits, with nothing to branch on.
 */
import {
  SCRATCH_BASES,
  SCRATCH_CODES,
  SCRATCH_FREQUENCIES,
  SCRATCH_TABLE,
  SYMBOLS_MAX,
  TABLE_BITS_MAX,
  TABLE_BITS_MIN,
} from "../../layout/page-layout";
import { readBits, readWideBits } from "./bit-stream";
import { baseOf, extraOf, spreadStep } from "./coded-symbols";
import { readVarint, unzigzag, varintEnd } from "./varint";

/** `readBits` reaches this far. */
const NARROW_BITS_MAX: u32 = 57;
const EXTRA_BITS_MAX: u32 = 63;

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
  let at = buildTable(source, limit, scratch);
  if (at == 0) return 0;
  const stateBytes = readVarint(at);
  const states = varintEnd;
  if (states > limit || stateBytes > <u64>(limit - states)) return 0;
  const extras = states + <usize>stateBytes;
  at = extras;
  if (widestExtra == 0) {
    return readSymbols(states, extras, count, out, firstStep, keepStep, keepSum, scratch);
  }
  if (widestExtra <= NARROW_BITS_MAX) {
    return readNarrow(states, extras, count, out, firstStep, keepStep, keepSum, scratch);
  }
  return readWide(states, extras, count, out, firstStep, keepStep, keepSum, scratch);
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
    const next = (rank << shed) - size;
    store<u32>(scratch + SCRATCH_TABLE + (place << 2), (next << 16) | (extra << 8) | shed);
    store<i64>(scratch + SCRATCH_BASES + (place << 3), center + baseOf(symbol, parts));
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
  let nibble: u64 = 0;
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
  const at = source + <usize>((nibble + 1) >> 1);
  return left != 0 || at > limit ? 0 : at;
}

/** The loop of all three readers; `readExtra` is what differs. */
// @ts-ignore: decorator
@inline
function entryAt(table: usize, state: u32): u32 {
  return load<u32>(table + (<usize>state << 2));
}

// @ts-ignore: decorator
@inline
function baseAt(bases: usize, state: u32): i64 {
  return load<i64>(bases + (<usize>state << 3));
}

// @ts-ignore: decorator
@inline
function maskOf(bits: u64): u64 {
  return ((<u64>1) << bits) - 1;
}

/** No extra bits at all: each symbol is one residual. */
function readSymbols(
  states: usize,
  extras: usize,
  count: u32,
  out: usize,
  firstStep: i64,
  keepStep: i64,
  keepSum: i64,
  scratch: usize,
): usize {
  const table = scratch + SCRATCH_TABLE;
  const bases = scratch + SCRATCH_BASES;
  let position: u64 = <u64>tableBits << 1;
  let even = <u32>readBits(states, 0, tableBits);
  let odd = <u32>readBits(states, tableBits, tableBits);
  let step = firstStep;
  let sum: i64 = 0;
  const end = out + (<usize>(count & ~1) << 3);
  let to = out;
  for (; to < end; to += 16) {
    let word = load<u64>(states + <usize>(position >> 3)) >> (position & 7);
    const a = entryAt(table, even);
    const b = entryAt(table, odd);
    step = (step & keepStep) + baseAt(bases, even);
    sum = (sum & keepSum) + step;
    store<i64>(to, sum);
    step = (step & keepStep) + baseAt(bases, odd);
    sum = (sum & keepSum) + step;
    store<i64>(to, sum, 8);
    const shedA: u64 = a & 255;
    const shedB: u64 = b & 255;
    even = (a >> 16) + <u32>(word & maskOf(shedA));
    word >>= shedA;
    odd = (b >> 16) + <u32>(word & maskOf(shedB));
    position += shedA + shedB;
  }
  if (count & 1) {
    step = (step & keepStep) + baseAt(bases, even);
    store<i64>(to, (sum & keepSum) + step);
    const entry = entryAt(table, even);
    const shed: u64 = entry & 255;
    even = (entry >> 16) + <u32>readBits(states, position, shed);
    position += shed;
  }
  return endOf(even | odd, states, position, extras, 0);
}

function readNarrow(
  states: usize,
  extras: usize,
  count: u32,
  out: usize,
  firstStep: i64,
  keepStep: i64,
  keepSum: i64,
  scratch: usize,
): usize {
  const table = scratch + SCRATCH_TABLE;
  const bases = scratch + SCRATCH_BASES;
  let position: u64 = <u64>tableBits << 1;
  let extraPosition: u64 = 0;
  let even = <u32>readBits(states, 0, tableBits);
  let odd = <u32>readBits(states, tableBits, tableBits);
  let step = firstStep;
  let sum: i64 = 0;
  const end = out + (<usize>(count & ~1) << 3);
  let to = out;
  for (; to < end; to += 16) {
    let word = load<u64>(states + <usize>(position >> 3)) >> (position & 7);
    const a = entryAt(table, even);
    const b = entryAt(table, odd);
    const extraA: u64 = (a >> 8) & 255;
    const extraB: u64 = (b >> 8) & 255;
    step = (step & keepStep) + baseAt(bases, even) + <i64>readBits(extras, extraPosition, extraA);
    sum = (sum & keepSum) + step;
    store<i64>(to, sum);
    extraPosition += extraA;
    step = (step & keepStep) + baseAt(bases, odd) + <i64>readBits(extras, extraPosition, extraB);
    sum = (sum & keepSum) + step;
    store<i64>(to, sum, 8);
    extraPosition += extraB;
    const shedA: u64 = a & 255;
    const shedB: u64 = b & 255;
    even = (a >> 16) + <u32>(word & maskOf(shedA));
    word >>= shedA;
    odd = (b >> 16) + <u32>(word & maskOf(shedB));
    position += shedA + shedB;
  }
  if (count & 1) {
    const entry = entryAt(table, even);
    const extra: u64 = (entry >> 8) & 255;
    step = (step & keepStep) + baseAt(bases, even) + <i64>readBits(extras, extraPosition, extra);
    store<i64>(to, (sum & keepSum) + step);
    extraPosition += extra;
    const shed: u64 = entry & 255;
    even = (entry >> 16) + <u32>readBits(states, position, shed);
    position += shed;
  }
  return endOf(even | odd, states, position, extras, extraPosition);
}

function readWide(
  states: usize,
  extras: usize,
  count: u32,
  out: usize,
  firstStep: i64,
  keepStep: i64,
  keepSum: i64,
  scratch: usize,
): usize {
  const table = scratch + SCRATCH_TABLE;
  const bases = scratch + SCRATCH_BASES;
  let position: u64 = <u64>tableBits << 1;
  let extraPosition: u64 = 0;
  let state = <u32>readBits(states, 0, tableBits);
  let other = <u32>readBits(states, tableBits, tableBits);
  let step = firstStep;
  let sum: i64 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const entry = entryAt(table, state);
    const extra: u64 = (entry >> 8) & 255;
    step = (step & keepStep) + baseAt(bases, state);
    step += <i64>readWideBits(extras, extraPosition, extra);
    sum = (sum & keepSum) + step;
    store<i64>(out + (i << 3), sum);
    extraPosition += extra;
    const shed: u64 = entry & 255;
    const next = (entry >> 16) + <u32>readBits(states, position, shed);
    position += shed;
    state = other;
    other = next;
  }
  return endOf(state | other, states, position, extras, extraPosition);
}

/** Both lanes end in state 0 and the state bits where they were said to; else it is no stream. */
function endOf(
  lanes: u32,
  states: usize,
  position: u64,
  extras: usize,
  extraPosition: u64,
): usize {
  if (lanes != 0 || states + <usize>((position + 7) >> 3) != extras) return 0;
  return extras + <usize>((extraPosition + 7) >> 3);
}
