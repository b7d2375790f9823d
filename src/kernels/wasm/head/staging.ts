/**
 * Staging areas: the newest samples of a series, until a miniblock is full. Samples at equal
 * distances, which is what scrapes are, need no times: the newest one and the interval are in the
 * record. Such an area is narrow; a wide one has a column of times beside it, where the interval was.
 */
import {
  SERIES_FLAGS,
  SERIES_INTERVAL,
  SERIES_LAST_TIMESTAMP,
  SERIES_STAGED,
  SERIES_STAGING,
  SERIES_STAGING_CAPACITY,
  SERIES_TIMES,
  SERIES_UNEVEN,
  SERIES_WIDE,
} from "../../layout/head-layout";
import { allocate, release } from "./memory";
import { allocateLine, allocatePair, releaseLine, releasePair } from "./slab";

/** Most bytes of an area and its times. */
export const STAGING_BYTES_MAX: u32 = 16 * 12;
const TIME_BYTES: u32 = 4;
/** Longest interval of a narrow area, 18 hours: 16 of them fit the times of a wide one. */
const INTERVAL_MAX: f64 = 67108864.0;
/** Longest time that a wide area spans, 24 days. */
const SPAN_MAX: f64 = 2147483647.0;

/** Samples that areas hold from now on; those in use change when they are next empty. */
let stagingSamples: u32 = 16;

/** 8 or 16: half the memory, at the price of more bytes per sample. */
export function setStagingSamples(samples: u32): void {
  stagingSamples = samples;
}

// @ts-ignore: decorator
@inline
function isWide(record: usize): bool {
  return (load<u16>(record, SERIES_FLAGS) & SERIES_WIDE) != 0;
}

/** Address of time number `i` of a wide area: ms since its first sample, i32. */
// @ts-ignore: decorator
@inline
function timeOf(record: usize, i: u32): usize {
  return <usize>load<u32>(record, SERIES_TIMES) + (i << 2);
}

/** Time of the first of `staged` samples of a wide area. */
// @ts-ignore: decorator
@inline
function firstTime(record: usize, staged: u32): f64 {
  return load<f64>(record, SERIES_LAST_TIMESTAMP) - <f64>load<i32>(timeOf(record, staged - 1));
}

/**
 * Adds a sample later than the newest one. False when the area cannot hold it together with those
 * that are there: they have to be sealed first.
 */
// @ts-ignore: decorator
@inline
export function stageSample(record: usize, timestamp: f64, bits: i64): bool {
  const staged: u32 = load<u8>(record, SERIES_STAGED);
  if (staged == 0) renewArea(record);
  if (isWide(record)) {
    if (!placeTime(record, staged, timestamp)) return false;
  } else if (staged > 0) {
    const delta = timestamp - load<f64>(record, SERIES_LAST_TIMESTAMP);
    if (staged == 1 && delta <= INTERVAL_MAX) {
      store<u32>(record, <u32>delta, SERIES_INTERVAL);
    } else if (delta != <f64>load<u32>(record, SERIES_INTERVAL)) {
      widen(record, staged);
      if (!placeTime(record, staged, timestamp)) return false;
    }
  }
  store<i64>(load<u32>(record, SERIES_STAGING) + (staged << 3), bits);
  store<u8>(record, <u8>(staged + 1), SERIES_STAGED);
  return true;
}

/** Writes time number `staged` of a wide area; false when it is too far from the first. */
function placeTime(record: usize, staged: u32, timestamp: f64): bool {
  const time = staged == 0 ? 0 : timestamp - firstTime(record, staged);
  if (time > SPAN_MAX) return false;
  store<i32>(timeOf(record, staged), <i32>time);
  return true;
}

/** Gives a series without staged samples an area of the present size and of the kind it needs. */
function renewArea(record: usize): void {
  const wantsWide = (load<u16>(record, SERIES_FLAGS) & SERIES_UNEVEN) != 0;
  const capacity: u32 = load<u8>(record, SERIES_STAGING_CAPACITY);
  if (capacity != stagingSamples) {
    releaseStaging(record);
    store<u32>(record, stagingSamples == 16 ? allocatePair() : allocateLine(), SERIES_STAGING);
    store<u8>(record, <u8>stagingSamples, SERIES_STAGING_CAPACITY);
  }
  if (!wantsWide) releaseTimes(record, capacity);
  else if (!isWide(record)) setTimes(record);
}

/** Makes the area a wide one, the times still to be written. */
function setTimes(record: usize): void {
  const capacity: u32 = load<u8>(record, SERIES_STAGING_CAPACITY);
  store<u32>(record, allocate(capacity * TIME_BYTES), SERIES_TIMES);
  store<u16>(record, load<u16>(record, SERIES_FLAGS) | SERIES_WIDE, SERIES_FLAGS);
}

/** Writes the times of the staged samples down. */
function widen(record: usize, staged: u32): void {
  // The interval of a single sample was never set.
  const interval = staged > 1 ? load<u32>(record, SERIES_INTERVAL) : 0;
  setTimes(record);
  for (let i: u32 = 0; i < staged; i++) store<u32>(timeOf(record, i), i * interval);
  store<u16>(record, load<u16>(record, SERIES_FLAGS) | SERIES_UNEVEN, SERIES_FLAGS);
}

/** Empties the area: the times of its samples go to `times`; their values stay until the next one. */
export function unstage(record: usize, times: usize): void {
  const staged: u32 = load<u8>(record, SERIES_STAGED);
  store<u8>(record, 0, SERIES_STAGED);
  if (isWide(record)) {
    readWide(record, staged, times);
    return;
  }
  const interval = <f64>(staged > 1 ? load<u32>(record, SERIES_INTERVAL) : 0);
  let timestamp = load<f64>(record, SERIES_LAST_TIMESTAMP) - interval * <f64>(staged - 1);
  for (let i: u32 = 0; i < staged; i++) {
    store<f64>(times + (i << 3), timestamp);
    timestamp += interval;
  }
}

function readWide(record: usize, staged: u32, times: usize): void {
  const first = firstTime(record, staged);
  let uneven: i32 = 0;
  const interval = staged > 1 ? load<i32>(timeOf(record, 1)) : 0;
  for (let i: u32 = 0; i < staged; i++) {
    const time = load<i32>(timeOf(record, i));
    uneven |= time - <i32>i * interval;
    store<f64>(times + (i << 3), first + <f64>time);
  }
  const flags: u32 = load<u16>(record, SERIES_FLAGS);
  store<u16>(record, <u16>(uneven != 0 ? flags | SERIES_UNEVEN : flags & ~SERIES_UNEVEN), SERIES_FLAGS);
}

/** Address of the value that is staged for this time, or 0. */
export function findStaged(record: usize, timestamp: f64): usize {
  const staged: u32 = load<u8>(record, SERIES_STAGED);
  if (staged == 0) return 0;
  const staging: usize = load<u32>(record, SERIES_STAGING);
  if (!isWide(record)) {
    const back = load<f64>(record, SERIES_LAST_TIMESTAMP) - timestamp;
    const interval = <f64>(staged > 1 ? load<u32>(record, SERIES_INTERVAL) : 1);
    const steps = back / interval;
    if (steps < 0 || steps > <f64>(staged - 1) || trunc(steps) != steps) return 0;
    return staging + ((staged - 1 - <u32>steps) << 3);
  }
  const time = timestamp - firstTime(record, staged);
  for (let i: u32 = 0; i < staged; i++) {
    if (<f64>load<i32>(timeOf(record, i)) == time) return staging + (i << 3);
  }
  return 0;
}

export function releaseStaging(record: usize): void {
  const capacity: u32 = load<u8>(record, SERIES_STAGING_CAPACITY);
  releaseTimes(record, capacity);
  const area = load<u32>(record, SERIES_STAGING);
  if (capacity == 16) releasePair(area);
  else if (capacity != 0) releaseLine(area);
  store<u8>(record, 0, SERIES_STAGED);
  store<u8>(record, 0, SERIES_STAGING_CAPACITY);
}

/** Makes the area narrow. */
function releaseTimes(record: usize, capacity: u32): void {
  if (!isWide(record)) return;
  release(load<u32>(record, SERIES_TIMES), capacity * TIME_BYTES);
  store<u16>(record, load<u16>(record, SERIES_FLAGS) & ~SERIES_WIDE, SERIES_FLAGS);
}
