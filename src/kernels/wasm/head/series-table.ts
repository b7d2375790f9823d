/**
 * The fingerprint table of a head: finds the record of a label set. It groups by fingerprint;
 * equality is always tenant and all label bytes. Open addressing, at most three quarters full,
 * entries of removed series counted.
 */
import {
  LABELS_BYTES,
  LABELS_FINGERPRINT,
  LABELS_HEADER_BYTES,
  SERIES_DROPPED,
  SERIES_FLAGS,
  SERIES_LABELS,
  SERIES_TENANT,
} from "../../layout/head-layout";
import { allocate, regionRoom, release } from "./memory";
import { firstLive, nextRef, recordOf } from "./series-map";

// Slot: upper fingerprint word u32, address of the record u32.
const SLOT_BYTES: u32 = 8;
const SLOTS_MIN: u32 = 64;
const EMPTY: u32 = 0;
const REMOVED: u32 = 1;

let table: u32 = 0;
let slots: u32 = 0;
/** Slots that are not empty, and those among them that hold a series. */
let used: u32 = 0;
let live: u32 = 0;

export function tableSeries(): u32 {
  return live;
}

export function tableRoom(count: u32): u32 {
  return regionRoom(slotsFor(live + count) * SLOT_BYTES);
}

function slotsFor(count: u32): u32 {
  let size = SLOTS_MIN;
  while (size - (size >> 2) < count) size <<= 1;
  return size;
}

/** Makes room for `count` more series. */
export function prepareTable(count: u32): void {
  if (slots != 0 && used + count <= slots - (slots >> 2)) return;
  const size = slotsFor(live + count);
  if (size > slots) {
    const grown = allocate(size * SLOT_BYTES);
    if (slots != 0) release(table, slots * SLOT_BYTES);
    table = grown;
    slots = size;
  }
  memory.fill(table, 0, slots * SLOT_BYTES);
  used = 0;
  live = 0;
  for (let ref = firstLive(0); ref < nextRef(); ref = firstLive(ref + 1)) {
    const record = recordOf(ref);
    if ((load<u16>(record, SERIES_FLAGS) & SERIES_DROPPED) == 0) insertSeries(record);
  }
}

// @ts-ignore: decorator
@inline
function fingerprintOf(record: usize): u64 {
  return load<u64>(load<u32>(record, SERIES_LABELS), LABELS_FINGERPRINT);
}

/** Enters a record; room was prepared. */
export function insertSeries(record: usize): void {
  const fingerprint = fingerprintOf(record);
  const mask = slots - 1;
  let slot = <u32>fingerprint & mask;
  while (load<u32>(table + slot * SLOT_BYTES, 4) != EMPTY) slot = (slot + 1) & mask;
  const at = table + slot * SLOT_BYTES;
  store<u32>(at, <u32>(fingerprint >> 32));
  store<u32>(at, <u32>record, 4);
  used++;
  live++;
}

export function removeSeries(record: usize): void {
  const mask = slots - 1;
  let slot = <u32>fingerprintOf(record) & mask;
  while (load<u32>(table + slot * SLOT_BYTES, 4) != <u32>record) slot = (slot + 1) & mask;
  store<u32>(table + slot * SLOT_BYTES, REMOVED, 4);
  live--;
}

/** The record of the series, or 0. */
export function findSeries(tenant: u32, labels: usize, labelBytes: u32, fingerprint: u64): usize {
  if (slots == 0) return 0;
  const mask = slots - 1;
  const tag = <u32>(fingerprint >> 32);
  let slot = <u32>fingerprint & mask;
  while (true) {
    const at = table + slot * SLOT_BYTES;
    const entry: usize = load<u32>(at, 4);
    if (entry == EMPTY) return 0;
    if (
      load<u32>(at) == tag &&
      entry != REMOVED &&
      load<u32>(entry, SERIES_TENANT) == tenant &&
      hasLabels(load<u32>(entry, SERIES_LABELS), labels, labelBytes)
    ) {
      return entry;
    }
    slot = (slot + 1) & mask;
  }
}

function hasLabels(block: usize, labels: usize, labelBytes: u32): bool {
  if (load<u32>(block, LABELS_BYTES) != labelBytes) return false;
  const own = block + LABELS_HEADER_BYTES;
  let i: u32 = 0;
  for (; i + 8 <= labelBytes; i += 8) if (load<u64>(own + i) != load<u64>(labels + i)) return false;
  for (; i < labelBytes; i++) if (load<u8>(own + i) != load<u8>(labels + i)) return false;
  return true;
}
