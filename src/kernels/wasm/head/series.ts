/**
 * Series records, their label bytes and the fingerprint table. A ref is the record's number: dense
 * from 0, issued in the order of creation. The table groups by fingerprint; equality is always
 * tenant and all label bytes.
 */
import {
  HEAD_PAGES_MAX,
  HEAD_PAGE_BITS,
  SERIES_BYTES,
  SERIES_FINGERPRINT,
  SERIES_FIRST_CHUNK,
  SERIES_FLAGS,
  SERIES_LABELS,
  SERIES_LABEL_BYTES,
  SERIES_LAST_BITS,
  SERIES_LAST_TIMESTAMP,
  SERIES_PLACEMENT,
  SERIES_SAMPLE_COUNT,
  SERIES_TENANT,
} from "../../layout/head-layout";
import { allocate, release } from "./memory";

/** A page, and what aligning it to a cache line may cost. */
const PAGE_ROOM: u32 = (SERIES_BYTES << HEAD_PAGE_BITS) + 64;
const PAGE_MASK: u32 = (1 << HEAD_PAGE_BITS) - 1;


let seriesCount: u32 = 0;

// Table slot: {upper fingerprint word, ref + 1}; 0 in the second word = empty.
const SLOT_BYTES: u32 = 8;
const TABLE_SLOTS_MIN: u32 = 128;
let table: u32 = 0;
let tableSlots: u32 = 0;

export function seriesTotal(): u32 {
  return seriesCount;
}

// @ts-ignore: decorator
@inline
export function recordOf(ref: u32): usize {
  const page = load<u32>((ref >> HEAD_PAGE_BITS) << 2);
  return page + (ref & PAGE_MASK) * SERIES_BYTES;
}

/** Upper bound of the heap bytes that `count` more series with `labelBytes` in total may take. */
export function seriesRoom(count: u32, labelBytes: u32): u32 {
  if (count == 0) return 0;
  const pages = (count >> HEAD_PAGE_BITS) + 2;
  const slots = slotsFor(seriesCount + count);
  const tableBytes = slots > tableSlots ? slots * SLOT_BYTES : 0;
  return labelBytes + 8 * count + pages * PAGE_ROOM + tableBytes;
}

/** False when the directory has no room for `count` more series. */
export function seriesFit(count: u32): bool {
  return count <= <u32>(HEAD_PAGES_MAX << HEAD_PAGE_BITS) - seriesCount;
}

/** Slots that keep the load at or below one half. */
function slotsFor(count: u32): u32 {
  let slots = tableSlots > TABLE_SLOTS_MIN ? tableSlots : TABLE_SLOTS_MIN;
  while (slots < count * 2) slots <<= 1;
  return slots;
}

/** Makes room in the table for `count` more series. */
export function prepareTable(count: u32): void {
  const slots = slotsFor(seriesCount + count);
  if (slots <= tableSlots) return;
  if (tableSlots != 0) release(table, tableSlots * SLOT_BYTES);
  // The old slots are not read again: the records hold all that a rebuild needs. Still the new
  // table may not overlap anything live, and a released region never holds it: it is larger.
  table = allocate(slots * SLOT_BYTES);
  tableSlots = slots;
  memory.fill(table, 0, slots * SLOT_BYTES);
  for (let ref: u32 = 0; ref < seriesCount; ref++) insert(load<u64>(recordOf(ref), SERIES_FINGERPRINT), ref);
}

function insert(fingerprint: u64, ref: u32): void {
  const mask = tableSlots - 1;
  let slot = <u32>fingerprint & mask;
  while (load<u32>(table + slot * SLOT_BYTES, 4) != 0) slot = (slot + 1) & mask;
  const at = table + slot * SLOT_BYTES;
  store<u32>(at, <u32>(fingerprint >> 32));
  store<u32>(at, ref + 1, 4);
}

/** The ref of the series, or -1. */
function find(tenant: u32, labels: usize, labelBytes: u32, fingerprint: u64): i32 {
  const mask = tableSlots - 1;
  const tag = <u32>(fingerprint >> 32);
  let slot = <u32>fingerprint & mask;
  while (true) {
    const at = table + slot * SLOT_BYTES;
    const entry = load<u32>(at, 4);
    if (entry == 0) return -1;
    if (load<u32>(at) == tag) {
      const record = recordOf(entry - 1);
      if (
        load<u32>(record, SERIES_TENANT) == tenant &&
        load<u32>(record, SERIES_LABEL_BYTES) == labelBytes &&
        equalBytes(load<u32>(record, SERIES_LABELS), labels, labelBytes)
      ) {
        return <i32>(entry - 1);
      }
    }
    slot = (slot + 1) & mask;
  }
}

function equalBytes(a: usize, b: usize, length: u32): bool {
  let i: u32 = 0;
  for (; i + 8 <= length; i += 8) if (load<u64>(a + i) != load<u64>(b + i)) return false;
  for (; i < length; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false;
  return true;
}

function create(tenant: u32, labels: usize, labelBytes: u32, fingerprint: u64, placement: u64): u32 {
  const ref = seriesCount;
  if ((ref & PAGE_MASK) == 0) {
    // Records start on a cache line of their own.
    const page = (allocate(PAGE_ROOM) + 63) & ~63;
    store<u32>((ref >> HEAD_PAGE_BITS) << 2, page);
  }
  const copy = allocate(labelBytes);
  memory.copy(copy, labels, labelBytes);
  const record = recordOf(ref);
  store<f64>(record, -Infinity, SERIES_LAST_TIMESTAMP);
  store<i64>(record, 0, SERIES_LAST_BITS);
  store<u64>(record, 0, SERIES_FIRST_CHUNK);
  store<u64>(record, 0, SERIES_SAMPLE_COUNT);
  store<u64>(record, fingerprint, SERIES_FINGERPRINT);
  store<u64>(record, placement, SERIES_PLACEMENT);
  store<u32>(record, copy, SERIES_LABELS);
  store<u32>(record, labelBytes, SERIES_LABEL_BYTES);
  store<u32>(record, tenant, SERIES_TENANT);
  store<u32>(record, 0, SERIES_FLAGS);
  seriesCount = ref + 1;
  insert(fingerprint, ref);
  return ref;
}

/**
 * Finds or creates the series of `count` label entries; the refs go to `refs`, index-aligned. New
 * refs are those at and above the former `seriesTotal`. Room was reserved by `seriesRoom`.
 */
export function resolve(
  tenant: u32,
  count: u32,
  labelStart: usize,
  labels: usize,
  fingerprints: usize,
  placements: usize,
  refs: usize,
): void {
  prepareTable(count);
  for (let i: u32 = 0; i < count; i++) {
    const start = load<u32>(labelStart + (i << 2));
    const labelBytes = load<u32>(labelStart + (i << 2), 4) - start;
    const fingerprint = load<u64>(fingerprints + (i << 3));
    let ref = find(tenant, labels + start, labelBytes, fingerprint);
    if (ref < 0) {
      const placement = load<u64>(placements + (i << 3));
      ref = <i32>create(tenant, labels + start, labelBytes, fingerprint, placement);
    }
    store<u32>(refs + (i << 2), ref);
  }
}
