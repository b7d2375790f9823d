/**
 * Deals the samples of rows out to the columns of their shards, and packs the columns by log: the
 * twin of `wasm/route.ts`, on the same bytes in memory. Values are moved as words, because a number may lose the bits of a NaN.
 */
import type { KernelViews } from "./kernel-memory.ts";
import {
  IDENTITY_COUNT,
  IDENTITY_RECORDS_END,
  IDENTITY_UNKNOWN,
  RECORD_BYTES,
  RECORD_OWNER,
} from "./layout/identity-layout.ts";
import {
  OWNER_KNOWN,
  OWNER_PLACED,
  OWNER_SHARD_MASK,
  OWNER_STATE_SHIFT,
  PACKED_COUNT,
  PACKED_GENERATION,
  PACKED_HEADER_BYTES,
  PACKED_SHARD,
  PACK_BYTES,
  PACK_HEADER_BYTES,
  ROUTE_BUDGET,
  ROUTE_CAPACITY,
  ROUTE_COLUMNS,
  ROUTE_COUNT,
  ROUTE_DONE,
  ROUTE_GENERATIONS,
  ROUTE_IDS,
  ROUTE_LOGS,
  ROUTE_PACKS,
  ROUTE_PACK_STRIDE,
  ROUTE_ROW,
  ROUTE_ROW_END,
  ROUTE_ROW_SAMPLE,
  ROUTE_SAMPLE_STARTS,
  ROUTE_SERIES,
  ROUTE_STOPPED,
  ROUTE_STRIDE,
  ROUTE_TABLE,
  ROUTE_TIMES,
  ROUTE_TOUCHED,
  ROUTE_TOUCHED_COUNT,
  ROUTE_VALUES,
} from "./layout/route-layout.ts";

export function routeRows({ u32 }: KernelViews, frame: number): number {
  const field = (offset: number): number => (frame + offset) >>> 2;
  const starts = u32[field(ROUTE_SAMPLE_STARTS)]! >>> 2;
  const rowEnd = u32[field(ROUTE_ROW_END)]!;
  while (u32[field(ROUTE_ROW)]! < rowEnd && u32[field(ROUTE_BUDGET)]! > 0) {
    const row = u32[field(ROUTE_ROW)]!;
    const rowSample = u32[field(ROUTE_ROW_SAMPLE)]!;
    const budget = u32[field(ROUTE_BUDGET)]!;
    const id = u32[(u32[field(ROUTE_IDS)]! >>> 2) + row]!;
    const owner = id === IDENTITY_UNKNOWN ? -1 : ownerWord(u32, u32[field(ROUTE_TABLE)]!, id);
    if (owner < 0 || u32[owner]! >>> OWNER_STATE_SHIFT !== OWNER_KNOWN) return ROUTE_STOPPED;
    const from = u32[starts + row]! + rowSample;
    const left = u32[starts + row + 1]! - from;
    const count = Math.min(left, budget);
    deal(u32, frame, u32[owner]! & OWNER_SHARD_MASK, u32[owner + 1]!, from, count);
    u32[field(ROUTE_BUDGET)] = budget - Math.max(count, 1);
    u32[field(ROUTE_ROW)] = count === left ? row + 1 : row;
    u32[field(ROUTE_ROW_SAMPLE)] = count === left ? 0 : rowSample + count;
  }
  return ROUTE_DONE;
}

/** Puts the columns of all shards touched, one behind the other, into the packs of their logs. */
export function packRows({ u32 }: KernelViews, frame: number): void {
  const field = (offset: number): number => u32[(frame + offset) >>> 2]!;
  const touched = field(ROUTE_TOUCHED) >>> 2;
  const capacity = field(ROUTE_CAPACITY);
  for (let i = 0; i < field(ROUTE_TOUCHED_COUNT); i++) {
    const shard = u32[touched + i]!;
    const columns = field(ROUTE_COLUMNS) + shard * field(ROUTE_STRIDE);
    const count = u32[(columns + ROUTE_COUNT) >>> 2]!;
    const log = u32[(field(ROUTE_LOGS) >>> 2) + shard]!;
    const pack = field(ROUTE_PACKS) + log * field(ROUTE_PACK_STRIDE);
    const to = pack + PACK_HEADER_BYTES + u32[(pack + PACK_BYTES) >>> 2]!;
    u32[(to + PACKED_SHARD) >>> 2] = shard;
    u32[(to + PACKED_GENERATION) >>> 2] = u32[(field(ROUTE_GENERATIONS) >>> 2) + shard]!;
    u32[(to + PACKED_COUNT) >>> 2] = count;
    u32[(to + PACKED_COUNT + 4) >>> 2] = 0;
    const series = (columns + ROUTE_SERIES) >>> 2;
    const times = series + capacity;
    const values = times + 2 * capacity;
    const narrow = count + (count & 1);
    let at = (to + PACKED_HEADER_BYTES) >>> 2;
    u32.copyWithin(at, times, times + 2 * count);
    at += 2 * count;
    u32.copyWithin(at, values, values + 2 * count);
    at += 2 * count;
    u32.copyWithin(at, series, series + narrow);
    u32[(pack + PACK_BYTES) >>> 2] = 4 * (at + narrow) - pack - PACK_HEADER_BYTES;
  }
}

/** Takes the ref back from every identity of a shard: it must be asked for by labels again. */
export function forgetShardRefs({ u32 }: KernelViews, table: number, shard: number): void {
  const count = u32[(table + IDENTITY_COUNT) >>> 2]!;
  for (let id = 0; id < count; id++) {
    const owner = ownerWord(u32, table, id);
    if (u32[owner] === ((OWNER_KNOWN << OWNER_STATE_SHIFT) | shard)) {
      u32[owner] = (OWNER_PLACED << OWNER_STATE_SHIFT) | shard;
    }
  }
}

/** Index of the first owner word of an identity. */
function ownerWord(u32: Uint32Array, table: number, id: number): number {
  const end = u32[(table + IDENTITY_RECORDS_END) >>> 2]!;
  return (end - (id + 1) * RECORD_BYTES + RECORD_OWNER) >>> 2;
}

function deal(
  u32: Uint32Array,
  frame: number,
  shard: number,
  ref: number,
  from: number,
  count: number,
): void {
  const field = (offset: number): number => (frame + offset) >>> 2;
  const columns = u32[field(ROUTE_COLUMNS)]! + shard * u32[field(ROUTE_STRIDE)]!;
  const capacity = u32[field(ROUTE_CAPACITY)]!;
  const countAt = (columns + ROUTE_COUNT) >>> 2;
  const filled = u32[countAt]!;
  if (filled === 0 && count > 0) {
    const touched = u32[field(ROUTE_TOUCHED_COUNT)]!;
    u32[(u32[field(ROUTE_TOUCHED)]! >>> 2) + touched] = shard;
    u32[field(ROUTE_TOUCHED_COUNT)] = touched + 1;
  }
  const series = (columns + ROUTE_SERIES) >>> 2;
  const times = series + capacity;
  const values = times + 2 * capacity;
  for (let i = 0; i < count; i++) {
    const to = filled + i;
    u32[series + to] = ref;
    moveWords(u32, times + 2 * to, (u32[field(ROUTE_TIMES)]! >>> 2) + 2 * (from + i));
    moveWords(u32, values + 2 * to, (u32[field(ROUTE_VALUES)]! >>> 2) + 2 * (from + i));
  }
  u32[countAt] = filled + count;
}

function moveWords(u32: Uint32Array, to: number, from: number): void {
  u32[to] = u32[from]!;
  u32[to + 1] = u32[from + 1]!;
}
