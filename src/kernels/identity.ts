/**
 * Raw identity table: exact raw label bytes of one scope -> dense id. The twin of
 * `wasm/identity.ts` and `wasm/identity-lookup.ts`, on the same bytes in memory: what one writes
 * the other reads. A slot's tag is only a hint; equality is always the full bytes.
 */
import { xxh64Into } from "#base/hash/xxh64.ts";
import type { KernelViews } from "./kernel-memory.ts";
import {
  IDENTITY_ALIGNMENT,
  IDENTITY_ARENA_NEXT,
  IDENTITY_ARENA_START,
  IDENTITY_COUNT,
  IDENTITY_EPOCH,
  IDENTITY_HEADER_BYTES,
  IDENTITY_HITS,
  IDENTITY_MISSES,
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
  RECORD_HASH_HIGH,
  RECORD_HASH_LOW,
  RECORD_LENGTH,
  RECORD_OWNER,
  RECORD_SCOPE,
  RECORD_SUCCESSOR,
  SLOT_BYTES,
  SLOT_ID,
  SLOT_TAG,
} from "./layout/identity-layout.ts";

/** Low and high word of the hash at hand; written before each read, never kept. */
const hash = new Uint32Array(2);

/** Lays an empty table out at `table`; false when the region is too small. */
export function identityInit(
  views: KernelViews,
  table: number,
  bytes: number,
  seedLow: number,
  seedHigh: number,
): boolean {
  if (bytes < IDENTITY_REGION_BYTES_MIN) return false;
  let slotsMax = IDENTITY_SLOTS_MIN;
  while (slotsMax * 2 * SLOT_BYTES <= Math.floor(bytes / IDENTITY_SLOTS_SHARE)) slotsMax *= 2;
  const { u8, u32 } = views;
  const slots = table + IDENTITY_HEADER_BYTES;
  u8.fill(0, table, slots);
  u32[(table + IDENTITY_SLOTS) >>> 2] = slots;
  u32[(table + IDENTITY_SLOTS_MAX) >>> 2] = slotsMax;
  u32[(table + IDENTITY_ARENA_START) >>> 2] = slots + slotsMax * SLOT_BYTES;
  const end = Math.floor((table + bytes) / IDENTITY_ALIGNMENT) * IDENTITY_ALIGNMENT;
  u32[(table + IDENTITY_RECORDS_END) >>> 2] = end;
  u32[(table + IDENTITY_SEED_LOW) >>> 2] = seedLow;
  u32[(table + IDENTITY_SEED_HIGH) >>> 2] = seedHigh;
  identityClear(views, table);
  return true;
}

/** Forgets every id; counters stay, the epoch moves on. */
export function identityClear(views: KernelViews, table: number): void {
  const { u8, u32 } = views;
  const slots = u32[(table + IDENTITY_SLOTS) >>> 2]!;
  u32[(table + IDENTITY_SLOT_COUNT) >>> 2] = IDENTITY_SLOTS_MIN;
  u8.fill(0, slots, slots + IDENTITY_SLOTS_MIN * SLOT_BYTES);
  u32[(table + IDENTITY_ARENA_NEXT) >>> 2] = u32[(table + IDENTITY_ARENA_START) >>> 2]!;
  u32[(table + IDENTITY_COUNT) >>> 2] = 0;
  u32[(table + IDENTITY_EPOCH) >>> 2]!++;
}

/** The id of the bytes, known or new; `IDENTITY_UNKNOWN` when the region has no room left. */
export function identityInsert(
  views: KernelViews,
  table: number,
  scope: number,
  source: number,
  bytes: number,
): number {
  const known = identityFind(views, table, scope, source, bytes);
  if (known !== IDENTITY_UNKNOWN) return known;
  const { u8, u32 } = views;
  const [low, high] = [hash[0]!, hash[1]!];
  const id = u32[(table + IDENTITY_COUNT) >>> 2]!;
  const arena = u32[(table + IDENTITY_ARENA_NEXT) >>> 2]!;
  const record = recordAt(u32, table, id);
  const stored = Math.ceil(bytes / IDENTITY_ALIGNMENT) * IDENTITY_ALIGNMENT;
  if (record < arena + stored) return IDENTITY_UNKNOWN;
  if ((id + 1) * 2 > u32[(table + IDENTITY_SLOT_COUNT) >>> 2]! && !doubleSlots(views, table)) {
    return IDENTITY_UNKNOWN;
  }
  u8.copyWithin(arena, source, source + bytes);
  u32[(record + RECORD_ARENA) >>> 2] = arena;
  u32[(record + RECORD_LENGTH) >>> 2] = bytes;
  u32[(record + RECORD_SUCCESSOR) >>> 2] = IDENTITY_UNKNOWN;
  u32[(record + RECORD_SCOPE) >>> 2] = scope;
  u32[(record + RECORD_HASH_LOW) >>> 2] = low;
  u32[(record + RECORD_HASH_HIGH) >>> 2] = high;
  u32[(record + RECORD_OWNER) >>> 2] = 0;
  u32[(record + RECORD_OWNER + 4) >>> 2] = 0;
  u32[(table + IDENTITY_ARENA_NEXT) >>> 2] = arena + stored;
  u32[(table + IDENTITY_COUNT) >>> 2] = id + 1;
  fillSlot(u32, table, low, high, id);
  return id;
}

/** The id of the bytes, or `IDENTITY_UNKNOWN`. */
export function identityFind(
  views: KernelViews,
  table: number,
  scope: number,
  source: number,
  bytes: number,
): number {
  const { u8, u32 } = views;
  const seedLow = u32[(table + IDENTITY_SEED_LOW) >>> 2]! ^ scope;
  const seedHigh = u32[(table + IDENTITY_SEED_HIGH) >>> 2]!;
  xxh64Into(hash, 0, u8, seedLow, seedHigh, source, source + bytes);
  const mask = u32[(table + IDENTITY_SLOT_COUNT) >>> 2]! - 1;
  const slots = u32[(table + IDENTITY_SLOTS) >>> 2]!;
  for (let slot = hash[0]! & mask; ; slot = (slot + 1) & mask) {
    const address = slots + slot * SLOT_BYTES;
    const stored = u32[(address + SLOT_ID) >>> 2]!;
    if (stored === 0) return IDENTITY_UNKNOWN;
    if (u32[(address + SLOT_TAG) >>> 2] !== hash[1]!) continue;
    const record = recordAt(u32, table, stored - 1);
    if (recordHolds(views, record, scope, source, bytes)) return stored - 1;
  }
}

/** Resolves the rows of `ids` that are unknown; returns how many still are. */
export function identityLookup(
  views: KernelViews,
  table: number,
  scope: number,
  offsets: number,
  lengths: number,
  ids: number,
  count: number,
): number {
  const { u32, f64 } = views;
  let found = 0;
  let missed = 0;
  for (let row = 0; row < count; row++) {
    if (u32[(ids >>> 2) + row] !== IDENTITY_UNKNOWN) continue;
    const source = u32[(offsets >>> 2) + row]!;
    const id = identityFind(views, table, scope, source, u32[(lengths >>> 2) + row]!);
    u32[(ids >>> 2) + row] = id;
    if (id === IDENTITY_UNKNOWN) missed++;
    else found++;
  }
  f64[(table + IDENTITY_HITS) >>> 3]! += found;
  f64[(table + IDENTITY_MISSES) >>> 3]! += missed;
  return missed;
}

/** Remembers for each known id which id came after it; returns the last known id. */
export function identityLink(
  views: KernelViews,
  table: number,
  ids: number,
  count: number,
  previous: number,
): number {
  const { u32 } = views;
  const known = u32[(table + IDENTITY_COUNT) >>> 2]!;
  let last = previous < known ? previous : IDENTITY_UNKNOWN;
  for (let row = 0; row < count; row++) {
    const id = u32[(ids >>> 2) + row]!;
    if (id >= known) continue;
    if (last !== IDENTITY_UNKNOWN) u32[(recordAt(u32, table, last) + RECORD_SUCCESSOR) >>> 2] = id;
    last = id;
  }
  return last;
}

/** Address of the record of `id`. */
export function recordAt(u32: Uint32Array, table: number, id: number): number {
  return u32[(table + IDENTITY_RECORDS_END) >>> 2]! - (id + 1) * RECORD_BYTES;
}

/** True when the record holds exactly these bytes of this scope. */
export function recordHolds(
  views: KernelViews,
  record: number,
  scope: number,
  source: number,
  bytes: number,
): boolean {
  const { u8, u32 } = views;
  if (u32[(record + RECORD_LENGTH) >>> 2] !== bytes) return false;
  if (u32[(record + RECORD_SCOPE) >>> 2] !== scope) return false;
  const arena = u32[(record + RECORD_ARENA) >>> 2]!;
  for (let i = 0; i < bytes; i++) if (u8[arena + i] !== u8[source + i]) return false;
  return true;
}

/** Twice the slots, refilled from the hashes in the records; false at the region's limit. */
function doubleSlots(views: KernelViews, table: number): boolean {
  const { u8, u32 } = views;
  const count = u32[(table + IDENTITY_SLOT_COUNT) >>> 2]! * 2;
  if (count > u32[(table + IDENTITY_SLOTS_MAX) >>> 2]!) return false;
  const slots = u32[(table + IDENTITY_SLOTS) >>> 2]!;
  u32[(table + IDENTITY_SLOT_COUNT) >>> 2] = count;
  u8.fill(0, slots, slots + count * SLOT_BYTES);
  const ids = u32[(table + IDENTITY_COUNT) >>> 2]!;
  for (let id = 0; id < ids; id++) {
    const record = recordAt(u32, table, id);
    const low = u32[(record + RECORD_HASH_LOW) >>> 2]!;
    fillSlot(u32, table, low, u32[(record + RECORD_HASH_HIGH) >>> 2]!, id);
  }
  return true;
}

function fillSlot(u32: Uint32Array, table: number, low: number, high: number, id: number): void {
  const mask = u32[(table + IDENTITY_SLOT_COUNT) >>> 2]! - 1;
  const slots = u32[(table + IDENTITY_SLOTS) >>> 2]!;
  let slot = low & mask;
  while (u32[(slots + slot * SLOT_BYTES + SLOT_ID) >>> 2] !== 0) slot = (slot + 1) & mask;
  u32[(slots + slot * SLOT_BYTES + SLOT_TAG) >>> 2] = high;
  u32[(slots + slot * SLOT_BYTES + SLOT_ID) >>> 2] = id + 1;
}
