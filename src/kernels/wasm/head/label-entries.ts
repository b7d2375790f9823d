/**
 * The entries of a head's index, and the table that finds them: labels, label names and tenants,
 * each with its text once. An entry goes with its last user.
 */
import {
  ENTRY_BYTES,
  ENTRY_CHILD,
  ENTRY_HASH,
  ENTRY_NEXT,
  ENTRY_PARENT,
  ENTRY_PREVIOUS,
  ENTRY_TENANT,
  ENTRY_TEXT,
  ENTRY_TEXT_BYTES,
  ENTRY_USERS,
} from "../../layout/head-layout";
import { equalBytes } from "../equal";
import { xxh64 } from "../xxh64";
import { allocate, regionRoom, release } from "./memory";
import { releaseRefs } from "./ref-list";

// Slot: hash u32, address of the entry u32.
const SLOT_BYTES: u32 = 8;
const SLOTS_MIN: u32 = 64;
const EMPTY: u32 = 0;
const REMOVED: u32 = 1;

let table: u32 = 0;
let slots: u32 = 0;
/** Slots that are not empty, and those among them that hold an entry. */
let used: u32 = 0;
let live: u32 = 0;

/** Most bytes that the heap grows for the table of `count` more entries, grown step by step. */
export function entryTableRoom(count: u32): u32 {
  return 2 * regionRoom(slotsFor(live + count) * SLOT_BYTES);
}

function slotsFor(count: u32): u32 {
  let size = SLOTS_MIN;
  while (size - (size >> 2) < count) size <<= 1;
  return size;
}

/** Drops removed slots, and doubles when that is not enough for one more entry. */
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

function place(hash: u32, entry: u32): void {
  let slot = hash & (slots - 1);
  while (load<u32>(table + slot * SLOT_BYTES, 4) != EMPTY) slot = (slot + 1) & (slots - 1);
  store<u32>(table + slot * SLOT_BYTES, hash);
  store<u32>(table + slot * SLOT_BYTES, entry, 4);
}

// @ts-ignore: decorator
@inline
function hashOf(tenant: u32, text: usize, bytes: u32): u32 {
  return <u32>xxh64(text, bytes, tenant);
}

/** The entry with this text, or 0. */
export function findEntry(tenant: u32, text: usize, bytes: u32): usize {
  return find(hashOf(tenant, text, bytes), tenant, text, bytes);
}

// @ts-ignore: decorator
@inline
function find(hash: u32, tenant: u32, text: usize, bytes: u32): usize {
  if (slots == 0) return 0;
  let slot = hash & (slots - 1);
  while (true) {
    const at = table + slot * SLOT_BYTES;
    const entry: usize = load<u32>(at, 4);
    if (entry == EMPTY) return 0;
    if (
      load<u32>(at) == hash &&
      entry != REMOVED &&
      load<u32>(entry, ENTRY_TENANT) == tenant &&
      load<u32>(entry, ENTRY_TEXT_BYTES) == bytes &&
      equalBytes(load<u32>(entry, ENTRY_TEXT), text, bytes)
    ) {
      return entry;
    }
    slot = (slot + 1) & (slots - 1);
  }
}

/** The entry of a label, whose name has `nameBytes` of the text; made when nobody has it. */
export function labelEntry(tenant: u32, text: usize, bytes: u32, nameBytes: u32): usize {
  const hash = hashOf(tenant, text, bytes);
  const found = find(hash, tenant, text, bytes);
  if (found != 0) return found;
  return create(hash, tenant, text, bytes, nameEntry(tenant, text, nameBytes));
}

function nameEntry(tenant: u32, text: usize, bytes: u32): usize {
  const hash = hashOf(tenant, text, bytes);
  const found = find(hash, tenant, text, bytes);
  return found != 0 ? found : create(hash, tenant, text, bytes, tenantEntry(tenant));
}

/** The entry of a tenant, whose text is empty. */
export function tenantEntry(tenant: u32): usize {
  const hash = hashOf(tenant, 0, 0);
  const found = find(hash, tenant, 0, 0);
  return found != 0 ? found : create(hash, tenant, 0, 0, 0);
}

function create(hash: u32, tenant: u32, text: usize, bytes: u32, parent: usize): usize {
  const copy = bytes == 0 ? 0 : allocate(bytes);
  memory.copy(copy, text, bytes);
  const entry: usize = allocate(ENTRY_BYTES);
  memory.fill(entry, 0, ENTRY_BYTES);
  store<u32>(entry, copy, ENTRY_TEXT);
  store<u32>(entry, bytes, ENTRY_TEXT_BYTES);
  store<u32>(entry, tenant, ENTRY_TENANT);
  store<u32>(entry, hash, ENTRY_HASH);
  store<u32>(entry, <u32>parent, ENTRY_PARENT);
  if (parent != 0) {
    const sibling: usize = load<u32>(parent, ENTRY_CHILD);
    store<u32>(entry, <u32>sibling, ENTRY_NEXT);
    if (sibling != 0) store<u32>(sibling, <u32>entry, ENTRY_PREVIOUS);
    store<u32>(parent, <u32>entry, ENTRY_CHILD);
    store<u32>(parent, load<u32>(parent, ENTRY_USERS) + 1, ENTRY_USERS);
  }
  if (used + 1 > slots - (slots >> 2)) renewTable();
  place(hash, <u32>entry);
  used++;
  live++;
  return entry;
}

/** One user less; true when that was the last one and the entry is gone. */
export function releaseEntry(entry: usize): bool {
  const users = load<u32>(entry, ENTRY_USERS) - 1;
  store<u32>(entry, users, ENTRY_USERS);
  if (users != 0) return false;
  const parent: usize = load<u32>(entry, ENTRY_PARENT);
  unlink(entry, parent);
  removeSlot(entry);
  releaseRefs(entry);
  const bytes = load<u32>(entry, ENTRY_TEXT_BYTES);
  if (bytes != 0) release(load<u32>(entry, ENTRY_TEXT), bytes);
  release(<u32>entry, ENTRY_BYTES);
  if (parent != 0) releaseEntry(parent);
  return true;
}

function unlink(entry: usize, parent: usize): void {
  const next: usize = load<u32>(entry, ENTRY_NEXT);
  const previous: usize = load<u32>(entry, ENTRY_PREVIOUS);
  if (next != 0) store<u32>(next, <u32>previous, ENTRY_PREVIOUS);
  if (previous != 0) store<u32>(previous, <u32>next, ENTRY_NEXT);
  else if (parent != 0) store<u32>(parent, <u32>next, ENTRY_CHILD);
}

function removeSlot(entry: usize): void {
  let slot = load<u32>(entry, ENTRY_HASH) & (slots - 1);
  while (load<u32>(table + slot * SLOT_BYTES, 4) != <u32>entry) slot = (slot + 1) & (slots - 1);
  store<u32>(table + slot * SLOT_BYTES, REMOVED, 4);
  live--;
}
