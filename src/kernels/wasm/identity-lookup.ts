/**
 * Batch lookup of rows whose id is still unknown. Each batch goes through passes, so that the cache
 * misses of many rows overlap instead of queueing: hash all, find all candidates, touch their lists,
 * then compare. A candidate that fails its compare (equal hash, other bytes) probes on alone.
 */
import {
  IDENTITY_BATCH,
  IDENTITY_BATCH_CANDIDATES,
  IDENTITY_BATCH_HASHES,
  IDENTITY_BATCH_ROWS,
  IDENTITY_HEADS,
  IDENTITY_HEAD_COUNT,
  IDENTITY_TOUCHED,
  HEAD_BYTES,
  RECORD_LIST,
} from "../layout/identity-layout";
import {
  UNKNOWN,
  firstCandidate,
  identityCount,
  identityHash,
  identityProbe,
  recordHolds,
  recordOf,
} from "./identity";
import { chainOf } from "./split-chains";

/** Resolves the rows of `ids` that are UNKNOWN; returns how many still are. */
export function identityLookup(
  table: usize,
  scope: u32,
  offsets: usize,
  lengths: usize,
  ids: usize,
  count: u32,
): u32 {
  const rows = table + IDENTITY_BATCH_ROWS;
  let asked: u32 = 0;
  let found: u32 = 0;
  let pending: u32 = 0;
  for (let row: u32 = 0; row < count; row++) {
    if (load<u32>(ids + (<usize>row << 2)) != UNKNOWN) continue;
    store<u32>(rows + (<usize>pending << 2), row);
    pending++;
    asked++;
    if (pending == IDENTITY_BATCH) {
      found += lookupBatch(table, scope, offsets, lengths, ids, pending);
      pending = 0;
    }
  }
  found += lookupBatch(table, scope, offsets, lengths, ids, pending);
  identityCount(table, found, asked - found, 0);
  return asked - found;
}

function lookupBatch(
  table: usize,
  scope: u32,
  offsets: usize,
  lengths: usize,
  ids: usize,
  pending: u32,
): u32 {
  const rows = table + IDENTITY_BATCH_ROWS;
  const candidates = table + IDENTITY_BATCH_CANDIDATES;
  const hashes = table + IDENTITY_BATCH_HASHES;
  for (let i: u32 = 0; i < pending; i++) {
    const row = <usize>load<u32>(rows + (<usize>i << 2)) << 2;
    const hash = identityHash(table, scope, load<u32>(offsets + row), load<u32>(lengths + row));
    store<u32>(hashes + (<usize>i << 2), hash);
  }
  touchHeads(table, hashes, pending);
  for (let i: u32 = 0; i < pending; i++) {
    const hash = load<u32>(hashes + (<usize>i << 2));
    store<u32>(candidates + (<usize>i << 2), firstCandidate(table, hash, 0));
  }
  touchLists(table, candidates, pending);
  let found: u32 = 0;
  for (let i: u32 = 0; i < pending; i++) {
    const row = <usize>load<u32>(rows + (<usize>i << 2)) << 2;
    const source: usize = load<u32>(offsets + row);
    const bytes = load<u32>(lengths + row);
    let id = load<u32>(candidates + (<usize>i << 2));
    if (id != UNKNOWN && !recordHolds(recordOf(table, id), scope, source, bytes)) {
      id = identityProbe(table, scope, source, bytes, load<u32>(hashes + (<usize>i << 2)), 0);
    }
    store<u32>(ids + row, id);
    found += <u32>(id != UNKNOWN);
  }
  return found;
}

/** Reads the head of every row's chain, and the first record there. */
function touchHeads(table: usize, hashes: usize, pending: u32): void {
  const heads: usize = load<u32>(table, IDENTITY_HEADS);
  const count = load<u32>(table, IDENTITY_HEAD_COUNT);
  let sum: u32 = 0;
  for (let i: u32 = 0; i < pending; i++) {
    const chain = chainOf(load<u32>(hashes + (<usize>i << 2)), count);
    const first = load<u32>(heads + <usize>chain * HEAD_BYTES);
    if (first != 0) sum += load<u32>(recordOf(table, first - 1));
  }
  store<u32>(table, sum, IDENTITY_TOUCHED);
}

/** Reads the list of every candidate. The pieces are shared, so most are in the cache anyway. */
function touchLists(table: usize, candidates: usize, pending: u32): void {
  let sum: u32 = 0;
  for (let i: u32 = 0; i < pending; i++) {
    const id = load<u32>(candidates + (<usize>i << 2));
    if (id == UNKNOWN) continue;
    sum += <u32>load<u8>(load<u32>(recordOf(table, id), RECORD_LIST));
  }
  store<u32>(table, sum, IDENTITY_TOUCHED);
}
