/**
 * Raw identity table: exact raw label bytes of one scope -> dense id. Records hang in chains that
 * are split one at a time; a hash is only a hint, equality is always the full bytes. The whole table
 * lives in the region it was given (`../layout/identity-layout.ts`). Twin: `../identity.ts`.
 */
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
  IDENTITY_PREDICTED,
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
} from "../layout/identity-layout";
import { countPieces, equalPieces, piecesRoom, storePieces } from "./label-pieces";
import { chainOf, chainToSplit } from "./split-chains";
import { xxh64 } from "./xxh64";

export const UNKNOWN: u32 = IDENTITY_UNKNOWN;

/** Lays an empty table out at `table`; returns 0, or -1 when the region is too small. */
export function identityInit(table: usize, bytes: usize, seedLow: u32, seedHigh: u32): i32 {
  if (bytes < <usize>IDENTITY_REGION_BYTES_MIN) return -1;
  const headsMax = <u32>bytes / IDENTITY_HEADS_SHARE / HEAD_BYTES;
  const pieceHeadsMax = <u32>bytes / IDENTITY_PIECE_HEADS_SHARE / HEAD_BYTES;
  const heads = <u32>table + IDENTITY_HEADER_BYTES;
  const pieceHeads = heads + headsMax * HEAD_BYTES;
  memory.fill(table, 0, IDENTITY_HEADER_BYTES);
  store<u32>(table, heads, IDENTITY_HEADS);
  store<u32>(table, headsMax, IDENTITY_HEADS_MAX);
  store<u32>(table, pieceHeads, IDENTITY_PIECE_HEADS);
  store<u32>(table, pieceHeadsMax, IDENTITY_PIECE_HEADS_MAX);
  store<u32>(table, pieceHeads + pieceHeadsMax * HEAD_BYTES, IDENTITY_ARENA_START);
  const align: usize = ~(<usize>IDENTITY_ALIGNMENT - 1);
  store<u32>(table, <u32>((table + bytes) & align), IDENTITY_RECORDS_END);
  store<u32>(table, seedLow, IDENTITY_SEED_LOW);
  store<u32>(table, seedHigh, IDENTITY_SEED_HIGH);
  identityClear(table);
  return 0;
}

/** Forgets every id; counters stay, the epoch moves on. */
export function identityClear(table: usize): void {
  const heads = <u32>IDENTITY_HEADS_MIN;
  memory.fill(load<u32>(table, IDENTITY_HEADS), 0, heads * HEAD_BYTES);
  memory.fill(load<u32>(table, IDENTITY_PIECE_HEADS), 0, heads * HEAD_BYTES);
  store<u32>(table, heads, IDENTITY_HEAD_COUNT);
  store<u32>(table, heads, IDENTITY_PIECE_HEAD_COUNT);
  store<u32>(table, load<u32>(table, IDENTITY_ARENA_START), IDENTITY_ARENA_NEXT);
  store<u32>(table, 0, IDENTITY_COUNT);
  store<u32>(table, 0, IDENTITY_PIECES);
  store<u32>(table, load<u32>(table, IDENTITY_EPOCH) + 1, IDENTITY_EPOCH);
}

/**
 * The id of the bytes, known or new; UNKNOWN when the region has no room left. No id below `since`
 * has them: the newest record of a chain is its first, so older ones are not looked at.
 */
export function identityInsert(
  table: usize,
  scope: u32,
  source: usize,
  bytes: u32,
  since: u32,
): u32 {
  const hash = identityHash(table, scope, source, bytes);
  const known = identityProbe(table, scope, source, bytes, hash, since);
  if (known != UNKNOWN) return known;
  const id = load<u32>(table, IDENTITY_COUNT);
  const record = recordOf(table, id);
  const pieces = countPieces(source, bytes);
  const room = piecesRoom(pieces, bytes);
  if (<i64>record < <i64>(<u64>load<u32>(table, IDENTITY_ARENA_NEXT) + room)) return UNKNOWN;
  store<u32>(record, storePieces(table, source, bytes, pieces), RECORD_LIST);
  store<u32>(record, bytes, RECORD_LENGTH);
  store<u32>(record, UNKNOWN, RECORD_SUCCESSOR);
  store<u32>(record, scope, RECORD_SCOPE);
  store<u32>(record, hash, RECORD_HASH);
  store<u64>(record, 0, RECORD_OWNER);
  store<u32>(table, id + 1, IDENTITY_COUNT);
  for (let i = 0; i < IDENTITY_HEADS_PER_RECORD; i++) splitChain(table);
  const head = headOf(table, chainOf(hash, load<u32>(table, IDENTITY_HEAD_COUNT)));
  store<u32>(record, load<u32>(head), RECORD_NEXT);
  store<u32>(head, id + 1);
  return id;
}

/** The id of the bytes, or UNKNOWN. */
export function identityFind(table: usize, scope: u32, source: usize, bytes: u32): u32 {
  return identityProbe(table, scope, source, bytes, identityHash(table, scope, source, bytes), 0);
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
export function identityHash(table: usize, scope: u32, source: usize, bytes: u32): u32 {
  return <u32>xxh64(source, bytes, load<u64>(table, IDENTITY_SEED_LOW) ^ <u64>scope);
}

/** True when the record holds exactly these bytes of this scope. */
// @ts-ignore: decorator
@inline
export function recordHolds(record: usize, scope: u32, source: usize, bytes: u32): bool {
  return (
    load<u32>(record, RECORD_LENGTH) == bytes &&
    load<u32>(record, RECORD_SCOPE) == scope &&
    equalPieces(source, load<u32>(record, RECORD_LIST), bytes)
  );
}

export function identityProbe(
  table: usize,
  scope: u32,
  source: usize,
  bytes: u32,
  hash: u32,
  since: u32,
): u32 {
  let id = firstCandidate(table, hash, since);
  while (id != UNKNOWN && !recordHolds(recordOf(table, id), scope, source, bytes)) {
    id = nextCandidate(table, id, hash, since);
  }
  return id;
}

/** The first id of the chain, not below `since`, whose record has this hash; UNKNOWN for none. */
// @ts-ignore: decorator
@inline
export function firstCandidate(table: usize, hash: u32, since: u32): u32 {
  const head = headOf(table, chainOf(hash, load<u32>(table, IDENTITY_HEAD_COUNT)));
  return withHash(table, load<u32>(head), hash, since);
}

/** The next one behind `id`. */
// @ts-ignore: decorator
@inline
function nextCandidate(table: usize, id: u32, hash: u32, since: u32): u32 {
  return withHash(table, load<u32>(recordOf(table, id), RECORD_NEXT), hash, since);
}

// @ts-ignore: decorator
@inline
function withHash(table: usize, from: u32, hash: u32, since: u32): u32 {
  // An id + 1; they descend to 0.
  let next = from;
  while (next > since) {
    const record = recordOf(table, next - 1);
    if (load<u32>(record, RECORD_HASH) == hash) return next - 1;
    next = load<u32>(record, RECORD_NEXT);
  }
  return UNKNOWN;
}

/** Adds to the counters: rows found, not found, predicted. */
export function identityCount(table: usize, hits: u32, misses: u32, predicted: u32): void {
  store<f64>(table, load<f64>(table, IDENTITY_HITS) + <f64>hits, IDENTITY_HITS);
  store<f64>(table, load<f64>(table, IDENTITY_MISSES) + <f64>misses, IDENTITY_MISSES);
  store<f64>(table, load<f64>(table, IDENTITY_PREDICTED) + <f64>predicted, IDENTITY_PREDICTED);
}

// @ts-ignore: decorator
@inline
function headOf(table: usize, chain: u32): usize {
  return <usize>load<u32>(table, IDENTITY_HEADS) + <usize>chain * HEAD_BYTES;
}

/** One chain more, unless there are as many as there are to be. */
function splitChain(table: usize): void {
  const count = load<u32>(table, IDENTITY_HEAD_COUNT);
  const wanted = load<u32>(table, IDENTITY_COUNT) * IDENTITY_HEADS_PER_RECORD;
  if (count >= wanted || count == load<u32>(table, IDENTITY_HEADS_MAX)) return;
  store<u32>(table, count + 1, IDENTITY_HEAD_COUNT);
  let kept = headOf(table, chainToSplit(count));
  let moved = headOf(table, count);
  let next = load<u32>(kept);
  while (next != 0) {
    const record = recordOf(table, next - 1);
    if (chainOf(load<u32>(record, RECORD_HASH), count + 1) == count) {
      store<u32>(moved, next);
      moved = record + RECORD_NEXT;
    } else {
      store<u32>(kept, next);
      kept = record + RECORD_NEXT;
    }
    next = load<u32>(record, RECORD_NEXT);
  }
  store<u32>(kept, 0);
  store<u32>(moved, 0);
}
