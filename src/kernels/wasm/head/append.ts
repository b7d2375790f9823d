/**
 * Judging and storing samples, column by column. Values move as 64-bit integers, so NaN payloads
 * and the sign of zero stay. A series' samples are a chain of chunks in order of arrival; small
 * first chunks keep series with few samples small.
 */
import {
  CHUNK_CAPACITY,
  CHUNK_CAPACITY_FIRST,
  CHUNK_CAPACITY_LATER,
  CHUNK_CAPACITY_SECOND,
  CHUNK_COUNT,
  CHUNK_HEADER_BYTES,
  CHUNK_MAX,
  CHUNK_MIN,
  CHUNK_NEXT,
  CHUNK_PREVIOUS,
  JOURNAL_ENTRY_BYTES,
  SAMPLE_BYTES,
  SERIES_FIRST_CHUNK,
  SERIES_FLAGS,
  SERIES_LAST_BITS,
  SERIES_LAST_CHUNK,
  SERIES_LAST_TIMESTAMP,
  SERIES_OUT_OF_ORDER,
  SERIES_SAMPLE_COUNT,
  SERIES_TENANT,
  SERIES_VIEW_MARK,
} from "../../layout/head-layout";
import { allocate } from "./memory";
import { recordOf, seriesTotal } from "./series";

// Numbers of `storage/verdict.ts`.
const WRITTEN: u8 = 0;
const REPEATED: u8 = 1;
const TOO_OLD: u8 = 2;
const CONFLICT: u8 = 3;
const TOO_FAR_AHEAD: u8 = 4;
const TIMESTAMP_RANGE: u8 = 5;
const REF_UNKNOWN: u8 = 8;

const TIMESTAMP_LIMIT: f64 = 4503599627370496.0; // 2^52

let oldest: f64 = Infinity;
let newest: f64 = -Infinity;

/** Address of the journal, 0 while no view is open; see `setJournal`. */
let journal: u32 = 0;
let journalMark: u32 = 0;
let journalCount: u32 = 0;

export function oldestTimestamp(): f64 {
  return oldest;
}

export function newestTimestamp(): f64 {
  return newest;
}

/** Most heap bytes that `count` more samples may take: each may have to open a full chunk. */
export function samplesRoom(count: u32): u32 {
  return count * (CHUNK_HEADER_BYTES + CHUNK_CAPACITY_LATER * SAMPLE_BYTES);
}

/**
 * From now on the first write to a series whose mark is not `mark` leaves {ref, samples before} at
 * `address`, which has room for one entry per sample of the next call. 0 = keep no journal.
 */
export function setJournal(address: u32, mark: u32): void {
  journal = address;
  journalMark = mark;
  journalCount = 0;
}

/** Entries since `setJournal`. */
export function journalEntries(): u32 {
  return journalCount;
}

/**
 * Judges `count` samples and stores the good ones. `series` holds refs below `known`, from there on
 * indexes into `entryRefs`. One verdict byte per sample. The stored samples are moved to the front
 * of the three columns, `series` then holding refs; returns how many there are.
 */
export function append(
  tenant: u32,
  count: u32,
  known: u32,
  knownValid: bool,
  series: usize,
  entryCount: u32,
  entryRefs: usize,
  timestamps: usize,
  values: usize,
  verdicts: usize,
  windowMs: f64,
  newestAllowed: f64,
): u32 {
  const total = seriesTotal();
  let written: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    let ref = load<u32>(series + (i << 2));
    let verdict = REF_UNKNOWN;
    const isRef = i < known ? knownValid && ref < total : ref < entryCount;
    if (isRef) {
      if (i >= known) ref = load<u32>(entryRefs + (ref << 2));
      const record = recordOf(ref);
      if (load<u32>(record, SERIES_TENANT) == tenant) {
        // Adding zero turns -0 into 0: equal times have equal bits.
        const timestamp = load<f64>(timestamps + (i << 3)) + 0.0;
        const bits = load<i64>(values + (i << 3));
        verdict = judge(record, timestamp, bits, windowMs, newestAllowed);
        if (verdict == WRITTEN) {
          write(record, ref, timestamp, bits);
          store<u32>(series + (written << 2), ref);
          store<f64>(timestamps + (written << 3), timestamp);
          store<i64>(values + (written << 3), bits);
          written++;
        }
      }
    }
    store<u8>(verdicts + i, verdict);
  }
  return written;
}

/** Stores samples that a log says were written. Returns the first with an unknown ref, or -1. */
export function replay(count: u32, refs: usize, timestamps: usize, values: usize): i32 {
  const total = seriesTotal();
  for (let i: u32 = 0; i < count; i++) if (load<u32>(refs + (i << 2)) >= total) return <i32>i;
  for (let i: u32 = 0; i < count; i++) {
    const ref = load<u32>(refs + (i << 2));
    write(recordOf(ref), ref, load<f64>(timestamps + (i << 3)), load<i64>(values + (i << 3)));
  }
  return -1;
}

// @ts-ignore: decorator
@inline
function judge(record: usize, timestamp: f64, bits: i64, windowMs: f64, newestAllowed: f64): u8 {
  // Written so that NaN fails.
  if (!(timestamp >= -TIMESTAMP_LIMIT && timestamp < TIMESTAMP_LIMIT)) return TIMESTAMP_RANGE;
  if (trunc(timestamp) != timestamp) return TIMESTAMP_RANGE;
  if (timestamp > newestAllowed) return TOO_FAR_AHEAD;
  const last = load<f64>(record, SERIES_LAST_TIMESTAMP);
  if (timestamp > last) return WRITTEN;
  if (timestamp == last) return load<i64>(record, SERIES_LAST_BITS) == bits ? REPEATED : CONFLICT;
  return judgeOlder(record, timestamp, bits, timestamp >= last - windowMs);
}

/** A sample sent again is no error, however old: a retry of an accepted request must succeed. */
function judgeOlder(record: usize, timestamp: f64, bits: i64, isInWindow: bool): u8 {
  const stored = findSample(record, timestamp);
  if (stored == 0) return isInWindow ? WRITTEN : TOO_OLD;
  if (load<i64>(stored, 8) == bits) return REPEATED;
  return isInWindow ? CONFLICT : TOO_OLD;
}

/** Address of the stored sample with this time, or 0. Newest chunks first: retries are recent. */
function findSample(record: usize, timestamp: f64): usize {
  let chunk: usize = load<u32>(record, SERIES_LAST_CHUNK);
  while (chunk != 0) {
    if (timestamp >= load<f64>(chunk, CHUNK_MIN) && timestamp <= load<f64>(chunk, CHUNK_MAX)) {
      const end = chunk + CHUNK_HEADER_BYTES + load<u32>(chunk, CHUNK_COUNT) * SAMPLE_BYTES;
      for (let at = chunk + CHUNK_HEADER_BYTES; at < end; at += SAMPLE_BYTES) {
        if (load<f64>(at) == timestamp) return at;
      }
    }
    chunk = load<u32>(chunk, CHUNK_PREVIOUS);
  }
  return 0;
}

function write(record: usize, ref: u32, timestamp: f64, bits: i64): void {
  const samples = load<u32>(record, SERIES_SAMPLE_COUNT);
  if (journal != 0 && load<u32>(record, SERIES_VIEW_MARK) != journalMark) remember(record, ref, samples);
  let chunk: usize = load<u32>(record, SERIES_LAST_CHUNK);
  let count: u32 = 0;
  if (chunk != 0) count = load<u32>(chunk, CHUNK_COUNT);
  if (chunk == 0 || count == load<u32>(chunk, CHUNK_CAPACITY)) {
    chunk = openChunk(record, chunk, samples);
    count = 0;
  }
  const at = chunk + CHUNK_HEADER_BYTES + count * SAMPLE_BYTES;
  store<f64>(at, timestamp);
  store<i64>(at, bits, 8);
  store<u32>(chunk, count + 1, CHUNK_COUNT);
  store<u32>(record, samples + 1, SERIES_SAMPLE_COUNT);
  if (timestamp > load<f64>(chunk, CHUNK_MAX)) store<f64>(chunk, timestamp, CHUNK_MAX);
  if (timestamp < load<f64>(chunk, CHUNK_MIN)) store<f64>(chunk, timestamp, CHUNK_MIN);
  if (timestamp > load<f64>(record, SERIES_LAST_TIMESTAMP)) {
    store<f64>(record, timestamp, SERIES_LAST_TIMESTAMP);
    store<i64>(record, bits, SERIES_LAST_BITS);
  } else {
    store<u32>(record, load<u32>(record, SERIES_FLAGS) | SERIES_OUT_OF_ORDER, SERIES_FLAGS);
  }
  if (timestamp > newest) newest = timestamp;
  if (timestamp < oldest) oldest = timestamp;
}

function remember(record: usize, ref: u32, samples: u32): void {
  store<u32>(record, journalMark, SERIES_VIEW_MARK);
  store<u32>(journal + journalCount * JOURNAL_ENTRY_BYTES, ref);
  store<u32>(journal + journalCount * JOURNAL_ENTRY_BYTES, samples, 4);
  journalCount++;
}

function openChunk(record: usize, previous: usize, samples: u32): usize {
  let capacity = CHUNK_CAPACITY_LATER;
  if (samples == 0) capacity = CHUNK_CAPACITY_FIRST;
  else if (samples == CHUNK_CAPACITY_FIRST) capacity = CHUNK_CAPACITY_SECOND;
  const chunk: usize = allocate(CHUNK_HEADER_BYTES + capacity * SAMPLE_BYTES);
  store<u32>(chunk, 0, CHUNK_NEXT);
  store<u32>(chunk, <u32>previous, CHUNK_PREVIOUS);
  store<u32>(chunk, 0, CHUNK_COUNT);
  store<u32>(chunk, capacity, CHUNK_CAPACITY);
  store<f64>(chunk, Infinity, CHUNK_MIN);
  store<f64>(chunk, -Infinity, CHUNK_MAX);
  if (previous == 0) store<u32>(record, <u32>chunk, SERIES_FIRST_CHUNK);
  else store<u32>(previous, <u32>chunk, CHUNK_NEXT);
  store<u32>(record, <u32>chunk, SERIES_LAST_CHUNK);
  return chunk;
}
