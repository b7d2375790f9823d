/**
 * Raw identity table: exact raw label bytes of one scope -> dense id. Open addressing with linear
 * probing; a slot's tag is only a hint, equality is always the full bytes. The whole table lives in
 * the region it was given (`../layout/identity-layout.ts`). Twin: `../identity-table.ts`.
 */
import {
  IDENTITY_ALIGNMENT,
  IDENTITY_ARENA_NEXT,
  IDENTITY_ARENA_START,
  IDENTITY_COUNT,
  IDENTITY_EPOCH,
  IDENTITY_HEADER_BYTES,
  IDENTITY_HITS,
  IDENTITY_MISSES,
  IDENTITY_PREDICTED,
  IDENTITY_RECORDS_END,
  IDENTITY_REGION_BYTES_MIN,
  IDENTITY_SEED_HIGH,
  IDENTITY_SEED_LOW,
  IDENTITY_SLOTS,
  IDENTITY_SLOTS_MAX,
  IDENTITY_SLOTS_MIN,
  IDENTITY_SLOTS_SHARE,
  IDENTITY_SLOT_COUNT,
  IDENTITY_UNKNOWN,
  RECORD_ARENA,
  RECORD_BYTES,
  RECORD_HASH_LOW,
  RECORD_LENGTH,
  RECORD_OWNER,
  RECORD_SCOPE,
  RECORD_SUCCESSOR,
  SLOT_BYTES,
  SLOT_ID,
  SLOT_TAG,
} from "../layout/identity-layout";
import { equalBytes } from "./equal";
import { xxh64 } from "./xxh64";

export const UNKNOWN: u32 = IDENTITY_UNKNOWN;

/** Lays an empty table out at `table`; returns 0, or -1 when the region is too small. */
export function identityInit(table: usize, bytes: usize, seedLow: u32, seedHigh: u32): i32 {
  if (bytes < <usize>IDENTITY_REGION_BYTES_MIN) return -1;
  let slotsMax: u32 = IDENTITY_SLOTS_MIN;
  while (<usize>slotsMax * 2 * SLOT_BYTES <= bytes / IDENTITY_SLOTS_SHARE) slotsMax *= 2;
  const slots = table + IDENTITY_HEADER_BYTES;
  const align: usize = ~(<usize>IDENTITY_ALIGNMENT - 1);
  memory.fill(table, 0, IDENTITY_HEADER_BYTES);
  store<u32>(table, <u32>slots, IDENTITY_SLOTS);
  store<u32>(table, slotsMax, IDENTITY_SLOTS_MAX);
  store<u32>(table, <u32>(slots + <usize>slotsMax * SLOT_BYTES), IDENTITY_ARENA_START);
  store<u32>(table, <u32>((table + bytes) & align), IDENTITY_RECORDS_END);
  store<u32>(table, seedLow, IDENTITY_SEED_LOW);
  store<u32>(table, seedHigh, IDENTITY_SEED_HIGH);
  identityClear(table);
  return 0;
}

/** Forgets every id; counters stay, the epoch moves on. */
export function identityClear(table: usize): void {
  store<u32>(table, IDENTITY_SLOTS_MIN, IDENTITY_SLOT_COUNT);
  memory.fill(load<u32>(table, IDENTITY_SLOTS), 0, IDENTITY_SLOTS_MIN * SLOT_BYTES);
  store<u32>(table, load<u32>(table, IDENTITY_ARENA_START), IDENTITY_ARENA_NEXT);
  store<u32>(table, 0, IDENTITY_COUNT);
  store<u32>(table, load<u32>(table, IDENTITY_EPOCH) + 1, IDENTITY_EPOCH);
}

/** The id of the bytes, known or new; UNKNOWN when the region has no room left. */
export function identityInsert(table: usize, scope: u32, source: usize, bytes: u32): u32 {
  const hash = identityHash(table, scope, source, bytes);
  const known = identityProbe(table, scope, source, bytes, hash);
  if (known != UNKNOWN) return known;
  const id = load<u32>(table, IDENTITY_COUNT);
  const arena: u32 = load<u32>(table, IDENTITY_ARENA_NEXT);
  const record = recordOf(table, id);
  const stored: u64 = (<u64>bytes + IDENTITY_ALIGNMENT - 1) & ~<u64>(IDENTITY_ALIGNMENT - 1);
  if (<i64>record < <i64>(<u64>arena + stored)) return UNKNOWN;
  if ((id + 1) * 2 > load<u32>(table, IDENTITY_SLOT_COUNT) && !doubleSlots(table)) return UNKNOWN;
  memory.copy(arena, source, bytes);
  store<u32>(record, arena, RECORD_ARENA);
  store<u32>(record, bytes, RECORD_LENGTH);
  store<u32>(record, UNKNOWN, RECORD_SUCCESSOR);
  store<u32>(record, scope, RECORD_SCOPE);
  store<u64>(record, hash, RECORD_HASH_LOW);
  store<u64>(record, 0, RECORD_OWNER);
  store<u32>(table, arena + <u32>stored, IDENTITY_ARENA_NEXT);
  store<u32>(table, id + 1, IDENTITY_COUNT);
  fillSlot(table, hash, id);
  return id;
}

/** The id of the bytes, or UNKNOWN. */
export function identityFind(table: usize, scope: u32, source: usize, bytes: u32): u32 {
  return identityProbe(table, scope, source, bytes, identityHash(table, scope, source, bytes));
}

/**
 * Remembers for each known id of the column which id came after it, starting from `previous`
 * (UNKNOWN for none). Returns the last known id, to start the next request of the same sender.
 */
export function identityLink(table: usize, ids: usize, count: u32, previous: u32): u32 {
  const known = load<u32>(table, IDENTITY_COUNT);
  let last = previous < known ? previous : UNKNOWN;
  for (let row: u32 = 0; row < count; row++) {
    const id = load<u32>(ids + (<usize>row << 2));
    if (id >= known) continue;
    if (last != UNKNOWN) {
      const record = recordOf(table, last);
      if (load<u32>(record, RECORD_SUCCESSOR) != id) store<u32>(record, id, RECORD_SUCCESSOR);
    }
    last = id;
  }
  return last;
}

// @ts-ignore: decorator
@inline
export function recordOf(table: usize, id: u32): usize {
  return <usize>load<u32>(table, IDENTITY_RECORDS_END) - (<usize>id + 1) * RECORD_BYTES;
}

// @ts-ignore: decorator
@inline
export function identityHash(table: usize, scope: u32, source: usize, bytes: u32): u64 {
  return xxh64(source, bytes, load<u64>(table, IDENTITY_SEED_LOW) ^ <u64>scope);
}

/** True when the record holds exactly these bytes of this scope. */
// @ts-ignore: decorator
@inline
export function recordHolds(record: usize, scope: u32, source: usize, bytes: u32): bool {
  return (
    load<u32>(record, RECORD_LENGTH) == bytes &&
    load<u32>(record, RECORD_SCOPE) == scope &&
    equalBytes(source, load<u32>(record, RECORD_ARENA), bytes)
  );
}

export function identityProbe(
  table: usize,
  scope: u32,
  source: usize,
  bytes: u32,
  hash: u64,
): u32 {
  let slot = <u32>hash;
  while (true) {
    slot = nextCandidate(table, slot, <u32>(hash >> 32));
    const id = slotId(table, slot);
    if (id == UNKNOWN) return UNKNOWN;
    if (recordHolds(recordOf(table, id), scope, source, bytes)) return id;
    slot++;
  }
}

/** The first slot from `slot` on (modulo the table) that is empty or carries `tag`. */
// @ts-ignore: decorator
@inline
export function nextCandidate(table: usize, slot: u32, tag: u32): u32 {
  const slots: usize = load<u32>(table, IDENTITY_SLOTS);
  const mask = load<u32>(table, IDENTITY_SLOT_COUNT) - 1;
  let at = slot & mask;
  while (true) {
    const address = slots + (<usize>at << 3);
    if (load<u32>(address, SLOT_ID) == 0 || load<u32>(address, SLOT_TAG) == tag) return at;
    at = (at + 1) & mask;
  }
}

/** The id in a slot; an empty slot (id + 1 = 0) gives UNKNOWN by wrapping round. */
// @ts-ignore: decorator
@inline
export function slotId(table: usize, slot: u32): u32 {
  return load<u32>(<usize>load<u32>(table, IDENTITY_SLOTS) + (<usize>slot << 3), SLOT_ID) - 1;
}

/** Adds to the counters: rows found, not found, predicted. */
export function identityCount(table: usize, hits: u32, misses: u32, predicted: u32): void {
  store<f64>(table, load<f64>(table, IDENTITY_HITS) + <f64>hits, IDENTITY_HITS);
  store<f64>(table, load<f64>(table, IDENTITY_MISSES) + <f64>misses, IDENTITY_MISSES);
  store<f64>(table, load<f64>(table, IDENTITY_PREDICTED) + <f64>predicted, IDENTITY_PREDICTED);
}

/** Twice the slots, refilled from the hashes in the records; false at the region's limit. */
function doubleSlots(table: usize): bool {
  const count = load<u32>(table, IDENTITY_SLOT_COUNT) * 2;
  if (count > load<u32>(table, IDENTITY_SLOTS_MAX)) return false;
  store<u32>(table, count, IDENTITY_SLOT_COUNT);
  memory.fill(load<u32>(table, IDENTITY_SLOTS), 0, <usize>count * SLOT_BYTES);
  const ids = load<u32>(table, IDENTITY_COUNT);
  for (let id: u32 = 0; id < ids; id++) {
    fillSlot(table, load<u64>(recordOf(table, id), RECORD_HASH_LOW), id);
  }
  return true;
}

function fillSlot(table: usize, hash: u64, id: u32): void {
  const slots: usize = load<u32>(table, IDENTITY_SLOTS);
  const mask = load<u32>(table, IDENTITY_SLOT_COUNT) - 1;
  let at = <u32>hash & mask;
  while (load<u32>(slots + (<usize>at << 3), SLOT_ID) != 0) at = (at + 1) & mask;
  store<u32>(slots + (<usize>at << 3), <u32>(hash >> 32), SLOT_TAG);
  store<u32>(slots + (<usize>at << 3), id + 1, SLOT_ID);
}
