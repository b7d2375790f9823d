/**
 * Raw identity table: exact raw label bytes of one scope -> dense id. The twin of
 * `wasm/identity.ts` and `wasm/identity-lookup.ts`, on the same bytes in memory: what one writes
 * the other reads. A hash is only a hint; equality is always the full bytes.
 */
import { xxh64Into } from "#base/hash/xxh64.ts";
import type { KernelViews } from "./kernel-memory.ts";
import { countPieces, equalPieces, piecesRoom, storePieces } from "./label-pieces.ts";
import {
  HEAD_BYTES,
  IDENTITY_ALIGNMENT,
  IDENTITY_ARENA_NEXT,
  IDENTITY_ARENA_START,
  IDENTITY_COUNT,
  IDENTITY_EPOCH,
  IDENTITY_HEADER_BYTES,
  IDENTITY_HEADS,
  IDENTITY_HEADS_MAX,
  IDENTITY_HEADS_MIN,
  IDENTITY_HEADS_PER_RECORD,
  IDENTITY_HEADS_SHARE,
  IDENTITY_HEAD_COUNT,
  IDENTITY_HITS,
  IDENTITY_MISSES,
  IDENTITY_PIECES,
  IDENTITY_PIECE_HEADS,
  IDENTITY_PIECE_HEADS_MAX,
  IDENTITY_PIECE_HEADS_SHARE,
  IDENTITY_PIECE_HEAD_COUNT,
  IDENTITY_RECORDS_END,
  IDENTITY_REGION_BYTES_MIN,
  IDENTITY_SEED_HIGH,
  IDENTITY_SEED_LOW,
  IDENTITY_UNKNOWN,
  RECORD_BYTES,
  RECORD_HASH,
  RECORD_LENGTH,
  RECORD_LIST,
  RECORD_NEXT,
  RECORD_OWNER,
  RECORD_SCOPE,
  RECORD_SUCCESSOR,
} from "./layout/identity-layout.ts";
import { chainOf, chainToSplit } from "./split-chains.ts";

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
  const { u8, u32 } = views;
  const headsMax = Math.floor(bytes / IDENTITY_HEADS_SHARE / HEAD_BYTES);
  const pieceHeadsMax = Math.floor(bytes / IDENTITY_PIECE_HEADS_SHARE / HEAD_BYTES);
  const heads = table + IDENTITY_HEADER_BYTES;
  const pieceHeads = heads + headsMax * HEAD_BYTES;
  u8.fill(0, table, heads);
  u32[(table + IDENTITY_HEADS) >>> 2] = heads;
  u32[(table + IDENTITY_HEADS_MAX) >>> 2] = headsMax;
  u32[(table + IDENTITY_PIECE_HEADS) >>> 2] = pieceHeads;
  u32[(table + IDENTITY_PIECE_HEADS_MAX) >>> 2] = pieceHeadsMax;
  u32[(table + IDENTITY_ARENA_START) >>> 2] = pieceHeads + pieceHeadsMax * HEAD_BYTES;
  const end = Math.floor((table + bytes) / IDENTITY_ALIGNMENT) * IDENTITY_ALIGNMENT;
  u32[(table + IDENTITY_RECORDS_END) >>> 2] = end;
  u32[(table + IDENTITY_SEED_LOW) >>> 2] = seedLow;
  u32[(table + IDENTITY_SEED_HIGH) >>> 2] = seedHigh;
  identityClear(views, table);
  return true;
}

/** Forgets every id; counters stay, the epoch moves on. */
export function identityClear(views: KernelViews, table: number): void {
  const { u32 } = views;
  for (const field of [IDENTITY_HEADS, IDENTITY_PIECE_HEADS]) {
    const heads = u32[(table + field) >>> 2]! >>> 2;
    u32.fill(0, heads, heads + IDENTITY_HEADS_MIN);
  }
  u32[(table + IDENTITY_HEAD_COUNT) >>> 2] = IDENTITY_HEADS_MIN;
  u32[(table + IDENTITY_PIECE_HEAD_COUNT) >>> 2] = IDENTITY_HEADS_MIN;
  u32[(table + IDENTITY_ARENA_NEXT) >>> 2] = u32[(table + IDENTITY_ARENA_START) >>> 2]!;
  u32[(table + IDENTITY_COUNT) >>> 2] = 0;
  u32[(table + IDENTITY_PIECES) >>> 2] = 0;
  u32[(table + IDENTITY_EPOCH) >>> 2]!++;
}

/**
 * The id of the bytes, known or new; `IDENTITY_UNKNOWN` when the region has no room left. No id below
 * `since` has them: the newest record of a chain is its first, so older ones are not looked at.
 */
export function identityInsert(
  views: KernelViews,
  table: number,
  scope: number,
  source: number,
  bytes: number,
  since: number,
): number {
  const known = probe(views, table, scope, source, bytes, since);
  if (known !== IDENTITY_UNKNOWN) return known;
  const { u8, u32 } = views;
  const low = hash[0]!;
  const id = u32[(table + IDENTITY_COUNT) >>> 2]!;
  const record = recordAt(u32, table, id);
  const pieces = countPieces(u8, source, bytes);
  const room = piecesRoom(pieces, bytes);
  if (record < u32[(table + IDENTITY_ARENA_NEXT) >>> 2]! + room) return IDENTITY_UNKNOWN;
  u32[(record + RECORD_LIST) >>> 2] = storePieces(views, table, source, bytes, pieces);
  u32[(record + RECORD_LENGTH) >>> 2] = bytes;
  u32[(record + RECORD_SUCCESSOR) >>> 2] = IDENTITY_UNKNOWN;
  u32[(record + RECORD_SCOPE) >>> 2] = scope;
  u32[(record + RECORD_HASH) >>> 2] = low;
  u32[(record + RECORD_OWNER) >>> 2] = 0;
  u32[(record + RECORD_OWNER + 4) >>> 2] = 0;
  u32[(table + IDENTITY_COUNT) >>> 2] = id + 1;
  for (let i = 0; i < IDENTITY_HEADS_PER_RECORD; i++) splitChain(u32, table);
  const head = headWord(u32, table, chainOf(low, u32[(table + IDENTITY_HEAD_COUNT) >>> 2]!));
  u32[(record + RECORD_NEXT) >>> 2] = u32[head]!;
  u32[head] = id + 1;
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
  return probe(views, table, scope, source, bytes, 0);
}

/** The id of the bytes that is not below `since`, or `IDENTITY_UNKNOWN`; leaves their hash. */
function probe(
  views: KernelViews,
  table: number,
  scope: number,
  source: number,
  bytes: number,
  since: number,
): number {
  const { u8, u32 } = views;
  const seedLow = u32[(table + IDENTITY_SEED_LOW) >>> 2]! ^ scope;
  const seedHigh = u32[(table + IDENTITY_SEED_HIGH) >>> 2]!;
  xxh64Into(hash, 0, u8, seedLow, seedHigh, source, source + bytes);
  const chain = chainOf(hash[0]!, u32[(table + IDENTITY_HEAD_COUNT) >>> 2]!);
  let next = u32[headWord(u32, table, chain)]!;
  // An id + 1; they descend to 0.
  while (next > since) {
    const record = recordAt(u32, table, next - 1);
    const isCandidate = u32[(record + RECORD_HASH) >>> 2] === hash[0];
    if (isCandidate && recordHolds(views, record, scope, source, bytes)) return next - 1;
    next = u32[(record + RECORD_NEXT) >>> 2]!;
  }
  return IDENTITY_UNKNOWN;
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
  const { u32 } = views;
  if (u32[(record + RECORD_LENGTH) >>> 2] !== bytes) return false;
  if (u32[(record + RECORD_SCOPE) >>> 2] !== scope) return false;
  return equalPieces(views, source, u32[(record + RECORD_LIST) >>> 2]!, bytes);
}

function headWord(u32: Uint32Array, table: number, chain: number): number {
  return (u32[(table + IDENTITY_HEADS) >>> 2]! + chain * HEAD_BYTES) >>> 2;
}

/** One chain more, unless there are as many as there are to be. */
function splitChain(u32: Uint32Array, table: number): void {
  const count = u32[(table + IDENTITY_HEAD_COUNT) >>> 2]!;
  const wanted = u32[(table + IDENTITY_COUNT) >>> 2]! * IDENTITY_HEADS_PER_RECORD;
  if (count >= wanted || count === u32[(table + IDENTITY_HEADS_MAX) >>> 2]) return;
  u32[(table + IDENTITY_HEAD_COUNT) >>> 2] = count + 1;
  let kept = headWord(u32, table, chainToSplit(count));
  let moved = headWord(u32, table, count);
  let next = u32[kept]!;
  while (next !== 0) {
    const record = recordAt(u32, table, next - 1);
    const link = (record + RECORD_NEXT) >>> 2;
    if (chainOf(u32[(record + RECORD_HASH) >>> 2]!, count + 1) === count) {
      u32[moved] = next;
      moved = link;
    } else {
      u32[kept] = next;
      kept = link;
    }
    next = u32[link]!;
  }
  u32[kept] = 0;
  u32[moved] = 0;
}
