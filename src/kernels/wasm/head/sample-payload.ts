/**
 * Payload of a samples record, straight from the columns of the samples stored. Layouts and the
 * choice between them: `tsdb/wal/FORMAT.md`. Twin: `encodeSamples` of `tsdb/wal/sample-payload.ts`.
 */
const RUNS: u32 = 0;
const COLUMNS: u32 = 1;
const WIDE: u32 = 2;

const PREFIX_BYTES: usize = 8;
const RUN_BYTES: usize = 16;
const DELTA_MIN: f64 = -2147483648.0;
const DELTA_MAX: f64 = 2147483647.0;

/**
 * Writes `count` samples, one at least, to `into`, with room for 16 bytes each, their refs padded to
 * 8 and 8 more. Returns the bytes used, a multiple of 8.
 */
export function encodeSamples(
  count: u32,
  refs: usize,
  timestamps: usize,
  values: usize,
  into: usize,
): u32 {
  const narrow = <usize>((count + (count & 1)) << 2);
  const wideBytes = narrow + (<usize>count << 3);
  const runsEnd = into + PREFIX_BYTES + wideBytes;
  const base = load<f64>(timestamps);
  let least = base;
  let greatest = base;
  let runs: usize = 0;
  for (let start: u32 = 0; start < count; runs++) {
    const timestamp = load<f64>(timestamps + (<usize>start << 3));
    const ref = load<u32>(refs + (<usize>start << 2));
    const end = endOfRun(start, count, refs, timestamps, ref, timestamp);
    const at = into + PREFIX_BYTES + runs * RUN_BYTES;
    // Runs that do not fit are not taken anyway.
    if (at + RUN_BYTES <= runsEnd) {
      store<u32>(at, ref);
      store<u32>(at, end - start, 4);
      store<i64>(at, <i64>timestamp, 8);
    }
    least = min(least, timestamp);
    greatest = max(greatest, timestamp);
    start = end;
  }
  const isNear = least - base >= DELTA_MIN && greatest - base <= DELTA_MAX;
  let to = into + PREFIX_BYTES;
  if (runs * RUN_BYTES <= (isNear ? 8 + 2 * narrow : wideBytes)) {
    store<u32>(into, RUNS);
    store<u32>(into, <u32>runs, 4);
    to += runs * RUN_BYTES;
  } else {
    store<u32>(into, isNear ? COLUMNS : WIDE);
    store<u32>(into, count, 4);
    if (isNear) {
      store<i64>(to, <i64>base);
      to = writeDeltas(count, timestamps, base, writeRefs(count, refs, to + 8));
    } else {
      to = writeTimes(count, timestamps, writeRefs(count, refs, to));
    }
  }
  for (let i: u32 = 0; i < count; i++, to += 8) {
    store<u64>(to, load<u64>(values + (<usize>i << 3)));
  }
  return <u32>(to - into);
}

/** First sample behind the consecutive refs with one timestamp that begin at `start`. */
// @ts-ignore: decorator
@inline
function endOfRun(
  start: u32,
  count: u32,
  refs: usize,
  timestamps: usize,
  ref: u32,
  timestamp: f64,
): u32 {
  let end = start + 1;
  while (
    end < count &&
    load<u32>(refs + (<usize>end << 2)) == ref + (end - start) &&
    load<f64>(timestamps + (<usize>end << 3)) == timestamp
  ) {
    end++;
  }
  return end;
}

/** Returns the end of the column, padded. */
function writeRefs(count: u32, refs: usize, to: usize): usize {
  for (let i: u32 = 0; i < count; i++, to += 4) {
    store<u32>(to, load<u32>(refs + (<usize>i << 2)));
  }
  return pad(count, to);
}

function writeDeltas(count: u32, timestamps: usize, base: f64, to: usize): usize {
  for (let i: u32 = 0; i < count; i++, to += 4) {
    store<i32>(to, <i32>(load<f64>(timestamps + (<usize>i << 3)) - base));
  }
  return pad(count, to);
}

function writeTimes(count: u32, timestamps: usize, to: usize): usize {
  for (let i: u32 = 0; i < count; i++, to += 8) {
    store<i64>(to, <i64>load<f64>(timestamps + (<usize>i << 3)));
  }
  return to;
}

/** Behind an odd number of words, one more. */
// @ts-ignore: decorator
@inline
function pad(count: u32, to: usize): usize {
  if ((count & 1) == 0) return to;
  store<u32>(to, 0);
  return to + 4;
}
