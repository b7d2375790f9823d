/**
 * The fingerprint table of a head: finds the record of a label set. It groups by the low word of
 * the fingerprint; equality is always tenant and all label bytes. Open addressing, at most three
 * quarters full, slots of removed series counted.
 */
import {
  LABELS_FINGERPRINT,
  SERIES_LABELS,
  SERIES_TENANT,
} from "../../layout/head-layout";
import { hasLabels } from "./labels";
import { allocate, regionRoom, release } from "./memory";

// Slot: low fingerprint word u32, address of the record u32.
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

/** Most bytes that the heap grows for `count` more series, grown step by step. */
export function tableRoom(count: u32): u32 {
  return 2 * regionRoom(slotsFor(live + count) * SLOT_BYTES);
}

function slotsFor(count: u32): u32 {
  let size = SLOTS_MIN;
  while (size - (size >> 2) < count) size <<= 1;
  return size;
}

/** Drops removed slots, and doubles when that is not enough for one more series. */
function renewTable(): void {
  const old = table;
  const oldSlots = slots;
  slots = slotsFor(live + (live >> 2) + 1);
  table = allocate(slots * SLOT_BYTES);
  memory.fill(table, 0, slots * SLOT_BYTES);
  used = live;
  for (let at = old; at < old + oldSlots * SLOT_BYTES; at += SLOT_BYTES) {
    if (load<u32>(at, 4) > REMOVED) place(load<u32>(at), load<u32>(at, 4));
  }
  if (oldSlots != 0) release(old, oldSlots * SLOT_BYTES);
}

function place(hash: u32, record: u32): void {
  let slot = hash & (slots - 1);
  while (load<u32>(table + slot * SLOT_BYTES, 4) != EMPTY) slot = (slot + 1) & (slots - 1);
  store<u32>(table + slot * SLOT_BYTES, hash);
  store<u32>(table + slot * SLOT_BYTES, record, 4);
}

// @ts-ignore: decorator
@inline
function hashOf(record: usize): u32 {
  return load<u32>(load<u32>(record, SERIES_LABELS), LABELS_FINGERPRINT);
}

/** Enters a record; room was reserved. */
export function insertSeries(record: usize): void {
  if (used + 1 > slots - (slots >> 2)) renewTable();
  place(hashOf(record), <u32>record);
  used++;
  live++;
}

export function removeSeries(record: usize): void {
  let slot = hashOf(record) & (slots - 1);
  while (load<u32>(table + slot * SLOT_BYTES, 4) != <u32>record) slot = (slot + 1) & (slots - 1);
  store<u32>(table + slot * SLOT_BYTES, REMOVED, 4);
  live--;
}

/** The record of the series, or 0. */
export function findSeries(tenant: u32, labels: usize, labelBytes: u32, fingerprint: u64): usize {
  if (slots == 0) return 0;
  const hash = <u32>fingerprint;
  let slot = hash & (slots - 1);
  while (true) {
    const at = table + slot * SLOT_BYTES;
    const entry: usize = load<u32>(at, 4);
    if (entry == EMPTY) return 0;
    if (
      load<u32>(at) == hash &&
      entry != REMOVED &&
      load<u32>(entry, SERIES_TENANT) == tenant &&
      hasLabels(load<u32>(entry, SERIES_LABELS), labels, labelBytes)
    ) {
      return entry;
    }
    slot = (slot + 1) & (slots - 1);
  }
}
