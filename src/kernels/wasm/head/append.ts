/**
 * Judging and storing samples, column by column. Values move as 64-bit integers, so NaN payloads
 * and the sign of zero stay. What comes in order of time is staged; the rest goes aside.
 */
import {
  CHUNK_TAIL,
  HEAD_BATCH_RECORDS,
  HEAD_BATCH_SAMPLES,
  JOURNAL_ENTRY_BYTES,
  SERIES_CHUNK,
  SERIES_CHUNK_GENERATION,
  SERIES_GENERATION,
  SERIES_LAST_BITS,
  SERIES_LAST_TIMESTAMP,
  SERIES_SAMPLE_COUNT,
  SERIES_STAGED,
  SERIES_STAGING,
  SERIES_STAGING_CAPACITY,
  SERIES_TENANT,
  SERIES_VIEW_MARK,
  SIDE_BYTES,
} from "../../layout/head-layout";
import { currentGeneration, freedGeneration } from "./arena";
import { findInOrder, SEAL_BYTES_MAX, sealStaged } from "./chunk";
import { pagesRoom } from "./memory";
import { findAside, SIDE_WRITE_BYTES_MAX, writeSide } from "./side";
import { nextRef, recordOf } from "./series-map";
import { STAGING_BYTES_MAX, stageSample } from "./staging";

// Numbers of `storage/verdict.ts`.
const WRITTEN: u8 = 0;
const REPEATED: u8 = 1;
const TOO_OLD: u8 = 2;
const CONFLICT: u8 = 3;
const TOO_FAR_AHEAD: u8 = 4;
const TIMESTAMP_RANGE: u8 = 5;
const REF_UNKNOWN: u8 = 8;

const TIMESTAMP_LIMIT: f64 = 4503599627370496.0; // 2^52
/** Of the samples that went to the current generation. */
let oldest: f64 = Infinity;
let newest: f64 = -Infinity;

/** Address of the journal, 0 while no view is open; see `setJournal`. */
let journal: u32 = 0;
let viewMark: u32 = 0;
let journalCount: u32 = 0;

/** Nobody reads it; it keeps loads that only warm the cache from being optimised away. */
let warmth: u32 = 0;

export function oldestTimestamp(): f64 {
  return oldest;
}

export function newestTimestamp(): f64 {
  return newest;
}

/** Starts the two anew, for the next generation. */
export function resetTimestamps(): void {
  oldest = Infinity;
  newest = -Infinity;
}

/**
 * Most heap bytes that `count` more samples may take: each may need a staging area, seal one, or go
 * aside; `generations` may need a page each.
 */
export function samplesRoom(count: u32, generations: u32): u32 {
  const inOrder = 2 * STAGING_BYTES_MAX + SEAL_BYTES_MAX;
  const each = max(inOrder, SIDE_WRITE_BYTES_MAX + SEAL_BYTES_MAX + SIDE_BYTES);
  return pagesRoom(count * each) + pagesRoom(0) * generations;
}

/**
 * `mark` is that of the newest view. With an address, the first write to a series whose mark is
 * another leaves {ref, samples in order before} there; it has room for one entry per sample of the
 * next call.
 */
export function setJournal(address: u32, mark: u32): void {
  journal = address;
  viewMark = mark;
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
  let written: u32 = 0;
  for (let from: u32 = 0; from < count; from += HEAD_BATCH_SAMPLES) {
    const to = min(from + HEAD_BATCH_SAMPLES, count);
    findRecords(tenant, from, to, known, knownValid, series, entryCount, entryRefs);
    for (let i = from; i < to; i++) {
      const record: usize = load<u32>(HEAD_BATCH_RECORDS + ((i - from) << 2));
      let verdict = REF_UNKNOWN;
      if (record != 0) {
        // Adding zero turns -0 into 0: equal times have equal bits.
        const timestamp = load<f64>(timestamps + (i << 3)) + 0.0;
        const bits = load<i64>(values + (i << 3));
        verdict = judge(record, timestamp, bits, windowMs, newestAllowed);
        if (verdict == WRITTEN) {
          const ref = load<u32>(series + (i << 2));
          write(record, ref, timestamp, bits);
          store<u32>(series + (written << 2), ref);
          store<f64>(timestamps + (written << 3), timestamp);
          store<i64>(values + (written << 3), bits);
          written++;
        }
      }
      store<u8>(verdicts + i, verdict);
    }
  }
  return written;
}

/**
 * Looks up the records of samples `from` to `to` (0 = none) and turns entry indexes in `series` into
 * refs. Touches what storing them will touch: many loads at a time, so that they wait for memory
 * together instead of one after another.
 */
function findRecords(
  tenant: u32,
  from: u32,
  to: u32,
  known: u32,
  knownValid: bool,
  series: usize,
  entryCount: u32,
  entryRefs: usize,
): void {
  const total = nextRef();
  for (let i = from; i < to; i++) {
    let ref = load<u32>(series + (i << 2));
    let record: usize = 0;
    if (i < known) {
      if (knownValid && ref < total) record = recordOf(ref);
    } else if (ref < entryCount) {
      ref = load<u32>(entryRefs + (ref << 2));
      store<u32>(series + (i << 2), ref);
      record = recordOf(ref);
    }
    store<u32>(HEAD_BATCH_RECORDS + ((i - from) << 2), <u32>record);
  }
  const end: usize = HEAD_BATCH_RECORDS + ((to - from) << 2);
  for (let at: usize = HEAD_BATCH_RECORDS; at < end; at += 4) {
    const record: usize = load<u32>(at);
    if (record != 0 && load<u32>(record, SERIES_TENANT) != tenant) store<u32>(at, 0);
  }
  warm(to - from);
}

/** Touches the staging areas of the first `count` batch records, and the chunks of full ones. */
function warm(count: u32): void {
  let sum: u32 = 0;
  const end: usize = HEAD_BATCH_RECORDS + (count << 2);
  for (let at: usize = HEAD_BATCH_RECORDS; at < end; at += 4) {
    const record: usize = load<u32>(at);
    if (record == 0) continue;
    const staged: u32 = load<u8>(record, SERIES_STAGED);
    const capacity: u32 = load<u8>(record, SERIES_STAGING_CAPACITY);
    if (capacity == 0) continue;
    sum += load<u8>(load<u32>(record, SERIES_STAGING) + (staged << 3));
    if (staged + 1 == capacity) sum += warmSeal(record);
  }
  warmth = sum;
}

/** What sealing a full area reads and writes: its values, the chunk, and the end of the chunk. */
function warmSeal(record: usize): u32 {
  const staging: usize = load<u32>(record, SERIES_STAGING);
  const sum: u32 = load<u8>(staging) + load<u8>(staging, 64);
  if (load<u32>(record, SERIES_CHUNK_GENERATION) <= freedGeneration()) return sum;
  return sum + load<u8>(load<u32>(load<u32>(record, SERIES_CHUNK), CHUNK_TAIL));
}

/**
 * Stores samples that a log says were written. Returns the first whose ref was never issued, or -1;
 * then nothing was stored. Samples of series that are gone are passed over.
 */
export function replay(count: u32, refs: usize, timestamps: usize, values: usize): i32 {
  const total = nextRef();
  for (let i: u32 = 0; i < count; i++) if (load<u32>(refs + (i << 2)) >= total) return <i32>i;
  for (let from: u32 = 0; from < count; from += HEAD_BATCH_SAMPLES) {
    const to = min(from + HEAD_BATCH_SAMPLES, count);
    for (let i = from; i < to; i++) {
      const record = recordOf(load<u32>(refs + (i << 2)));
      store<u32>(HEAD_BATCH_RECORDS + ((i - from) << 2), <u32>record);
    }
    warm(to - from);
    for (let i = from; i < to; i++) {
      const record: usize = load<u32>(HEAD_BATCH_RECORDS + ((i - from) << 2));
      if (record == 0) continue;
      const ref = load<u32>(refs + (i << 2));
      write(record, ref, load<f64>(timestamps + (i << 3)), load<i64>(values + (i << 3)));
    }
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
  let stored = findInOrder(record, timestamp);
  if (stored == 0) stored = findAside(record, timestamp);
  if (stored == 0) return isInWindow ? WRITTEN : TOO_OLD;
  if (load<i64>(stored) == bits) return REPEATED;
  return isInWindow ? CONFLICT : TOO_OLD;
}

function write(record: usize, ref: u32, timestamp: f64, bits: i64): void {
  if (journal != 0 && load<u32>(record, SERIES_VIEW_MARK) != viewMark) remember(record, ref);
  if (load<u32>(record, SERIES_GENERATION) != currentGeneration()) {
    if (load<u8>(record, SERIES_STAGED) != 0) sealStaged(record);
    store<u32>(record, currentGeneration(), SERIES_GENERATION);
  }
  if (timestamp > load<f64>(record, SERIES_LAST_TIMESTAMP)) {
    stage(record, timestamp, bits);
    store<f64>(record, timestamp, SERIES_LAST_TIMESTAMP);
    store<i64>(record, bits, SERIES_LAST_BITS);
    if (load<u8>(record, SERIES_STAGED) == load<u8>(record, SERIES_STAGING_CAPACITY)) {
      sealStaged(record);
    }
  } else {
    writeSide(record, timestamp, bits, viewMark);
  }
  if (timestamp > newest) newest = timestamp;
  if (timestamp < oldest) oldest = timestamp;
}

// @ts-ignore: decorator
@inline
function stage(record: usize, timestamp: f64, bits: i64): void {
  if (!stageSample(record, timestamp, bits)) {
    sealStaged(record);
    stageSample(record, timestamp, bits);
  }
  store<u32>(record, load<u32>(record, SERIES_SAMPLE_COUNT) + 1, SERIES_SAMPLE_COUNT);
}

function remember(record: usize, ref: u32): void {
  store<u32>(record, viewMark, SERIES_VIEW_MARK);
  const entry = journal + journalCount * JOURNAL_ENTRY_BYTES;
  store<u32>(entry, ref);
  store<u32>(entry, load<u32>(record, SERIES_SAMPLE_COUNT), 4);
  journalCount++;
}
