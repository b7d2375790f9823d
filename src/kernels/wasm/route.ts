/**
 * Deals the samples of rows out to the columns of their shards, and packs the columns by log. Only
 * rows whose identity knows its shard and ref are dealt; the kernel stops at the first other one and
 * the caller sees to it. Values are moved as 64-bit integers. Twin: `../route.ts`.
 */
import { RECORD_OWNER, RECORD_BYTES, IDENTITY_COUNT } from "../layout/identity-layout";
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
} from "../layout/route-layout";
import { UNKNOWN, recordOf } from "./identity";

export function routeRows(frame: usize): i32 {
  const ids: usize = load<u32>(frame, ROUTE_IDS);
  const starts: usize = load<u32>(frame, ROUTE_SAMPLE_STARTS);
  const times: usize = load<u32>(frame, ROUTE_TIMES);
  const values: usize = load<u32>(frame, ROUTE_VALUES);
  const table: usize = load<u32>(frame, ROUTE_TABLE);
  const columns: usize = load<u32>(frame, ROUTE_COLUMNS);
  const stride: usize = load<u32>(frame, ROUTE_STRIDE);
  const capacity: usize = load<u32>(frame, ROUTE_CAPACITY);
  const rowEnd = load<u32>(frame, ROUTE_ROW_END);
  let row = load<u32>(frame, ROUTE_ROW);
  let rowSample = load<u32>(frame, ROUTE_ROW_SAMPLE);
  let budget = load<u32>(frame, ROUTE_BUDGET);
  let result = ROUTE_DONE;
  while (row < rowEnd && budget > 0) {
    const id = load<u32>(ids + (<usize>row << 2));
    const owner = id == UNKNOWN ? 0 : load<u32>(recordOf(table, id), RECORD_OWNER);
    if (owner >> OWNER_STATE_SHIFT != OWNER_KNOWN) {
      result = ROUTE_STOPPED;
      break;
    }
    const ref = load<u32>(recordOf(table, id) + 4, RECORD_OWNER);
    const at = starts + (<usize>row << 2);
    let from = load<u32>(at) + rowSample;
    const left = load<u32>(at, 4) - from;
    const count = min<u32>(left, budget);
    const shard = columns + <usize>(owner & OWNER_SHARD_MASK) * stride;
    const filled = load<u32>(shard, ROUTE_COUNT);
    if (filled == 0 && count > 0) touch(frame, owner & OWNER_SHARD_MASK);
    const series = shard + ROUTE_SERIES;
    const shardTimes = series + (capacity << 2);
    const shardValues = shardTimes + (capacity << 3);
    for (let i: u32 = 0; i < count; i++, from++) {
      const to = <usize>(filled + i);
      store<u32>(series + (to << 2), ref);
      store<u64>(shardTimes + (to << 3), load<u64>(times + (<usize>from << 3)));
      store<u64>(shardValues + (to << 3), load<u64>(values + (<usize>from << 3)));
    }
    store<u32>(shard, filled + count, ROUTE_COUNT);
    // A row costs at least one, so that rows without samples end a slice too.
    budget -= max<u32>(min<u32>(count, budget), 1);
    if (count == left) {
      row++;
      rowSample = 0;
    } else {
      rowSample += count;
    }
  }
  store<u32>(frame, row, ROUTE_ROW);
  store<u32>(frame, rowSample, ROUTE_ROW_SAMPLE);
  store<u32>(frame, budget, ROUTE_BUDGET);
  return result;
}

/** Puts the columns of all shards touched, one behind the other, into the packs of their logs. */
export function packRows(frame: usize): void {
  const touched: usize = load<u32>(frame, ROUTE_TOUCHED);
  const touchedEnd = touched + (<usize>load<u32>(frame, ROUTE_TOUCHED_COUNT) << 2);
  const columns: usize = load<u32>(frame, ROUTE_COLUMNS);
  const stride: usize = load<u32>(frame, ROUTE_STRIDE);
  const capacity: usize = load<u32>(frame, ROUTE_CAPACITY);
  const logs: usize = load<u32>(frame, ROUTE_LOGS);
  const generations: usize = load<u32>(frame, ROUTE_GENERATIONS);
  const packs: usize = load<u32>(frame, ROUTE_PACKS);
  const packStride: usize = load<u32>(frame, ROUTE_PACK_STRIDE);
  for (let entry = touched; entry < touchedEnd; entry += 4) {
    const shard: usize = load<u32>(entry);
    const column = columns + shard * stride;
    const count: usize = load<u32>(column, ROUTE_COUNT);
    const pack = packs + <usize>load<u32>(logs + (shard << 2)) * packStride;
    const used: usize = load<u32>(pack, PACK_BYTES);
    const to = pack + PACK_HEADER_BYTES + used;
    store<u32>(to, <u32>shard, PACKED_SHARD);
    store<u32>(to, load<u32>(generations + (shard << 2)), PACKED_GENERATION);
    store<u32>(to, <u32>count, PACKED_COUNT);
    store<u32>(to, 0, PACKED_COUNT + 4);
    const series = column + ROUTE_SERIES;
    const times = series + (capacity << 2);
    const wide = count << 3;
    const narrow = (count + (count & 1)) << 2;
    const body = to + PACKED_HEADER_BYTES;
    copyWords(body, times, wide);
    copyWords(body + wide, times + (capacity << 3), wide);
    copyWords(body + wide + wide, series, narrow);
    store<u32>(pack, <u32>(used + PACKED_HEADER_BYTES + wide + wide + narrow), PACK_BYTES);
  }
}

/** `bytes` is a multiple of 8. A call of the bulk instruction costs more than most of these take. */
// @ts-ignore: decorator
@inline
function copyWords(to: usize, from: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 8) store<u64>(to + i, load<u64>(from + i));
}

/** Takes the ref back from every identity of a shard: it must be asked for by labels again. */
export function forgetShardRefs(table: usize, shard: u32): void {
  const count = load<u32>(table, IDENTITY_COUNT);
  const known = (OWNER_KNOWN << OWNER_STATE_SHIFT) | shard;
  const placed = (OWNER_PLACED << OWNER_STATE_SHIFT) | shard;
  let record = recordOf(table, 0);
  for (let id: u32 = 0; id < count; id++, record -= RECORD_BYTES) {
    if (load<u32>(record, RECORD_OWNER) == known) store<u32>(record, placed, RECORD_OWNER);
  }
}

function touch(frame: usize, shard: u32): void {
  const count = load<u32>(frame, ROUTE_TOUCHED_COUNT);
  store<u32>(<usize>load<u32>(frame, ROUTE_TOUCHED) + (<usize>count << 2), shard);
  store<u32>(frame, count + 1, ROUTE_TOUCHED_COUNT);
}
