/**
 * Batch lookup of rows whose id is still unknown. Each batch goes through passes, so that the cache
 * misses of many rows overlap instead of queueing: hash all, probe all slots, touch all stored
 * bytes, then compare. A candidate that fails its compare (equal tag, other bytes) probes on alone.
 */
import {
  IDENTITY_BATCH,
  IDENTITY_BATCH_HASHES,
  IDENTITY_BATCH_ROWS,
  IDENTITY_BATCH_SLOTS,
  IDENTITY_TOUCHED,
  RECORD_ARENA,
  RECORD_LENGTH,
} from "../layout/identity-layout";
import {
  UNKNOWN,
  identityCount,
  identityHash,
  identityProbe,
  nextCandidate,
  recordHolds,
  recordOf,
  slotId,
} from "./identity";

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
  const slots = table + IDENTITY_BATCH_SLOTS;
  const hashes = table + IDENTITY_BATCH_HASHES;
  for (let i: u32 = 0; i < pending; i++) {
    const row = <usize>load<u32>(rows + (<usize>i << 2)) << 2;
    const hash = identityHash(table, scope, load<u32>(offsets + row), load<u32>(lengths + row));
    store<u64>(hashes + (<usize>i << 3), hash);
  }
  for (let i: u32 = 0; i < pending; i++) {
    const hash = load<u64>(hashes + (<usize>i << 3));
    store<u32>(slots + (<usize>i << 2), nextCandidate(table, <u32>hash, <u32>(hash >> 32)));
  }
  touchBytes(table, slots, pending);
  let found: u32 = 0;
  for (let i: u32 = 0; i < pending; i++) {
    const row = <usize>load<u32>(rows + (<usize>i << 2)) << 2;
    const source: usize = load<u32>(offsets + row);
    const bytes = load<u32>(lengths + row);
    let id = slotId(table, load<u32>(slots + (<usize>i << 2)));
    if (id != UNKNOWN && !recordHolds(recordOf(table, id), scope, source, bytes)) {
      id = identityProbe(table, scope, source, bytes, load<u64>(hashes + (<usize>i << 3)));
    }
    store<u32>(ids + row, id);
    found += <u32>(id != UNKNOWN);
  }
  return found;
}

/** Reads one byte of each of the first four cache lines of every candidate's stored bytes. */
function touchBytes(table: usize, slots: usize, pending: u32): void {
  let sum: u32 = 0;
  for (let i: u32 = 0; i < pending; i++) {
    const id = slotId(table, load<u32>(slots + (<usize>i << 2)));
    if (id == UNKNOWN) continue;
    const record = recordOf(table, id);
    const arena: usize = load<u32>(record, RECORD_ARENA);
    const length: usize = load<u32>(record, RECORD_LENGTH);
    if (length == 0) continue;
    const last = length - 1;
    sum += <u32>load<u8>(arena);
    sum += <u32>load<u8>(arena + min<usize>(64, last));
    sum += <u32>load<u8>(arena + min<usize>(128, last));
    sum += <u32>load<u8>(arena + min<usize>(192, last));
  }
  store<u32>(table, sum, IDENTITY_TOUCHED);
}
