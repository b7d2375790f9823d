/**
 * Deals the samples of rows out to the columns of their shards: the twin of `wasm/route.ts`, on the
 * same bytes in memory. Values are moved as words, because a number may lose the bits of a NaN.
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
  ROUTE_BUDGET,
  ROUTE_CAPACITY,
  ROUTE_COLUMNS,
  ROUTE_COUNT,
  ROUTE_DONE,
  ROUTE_IDS,
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
