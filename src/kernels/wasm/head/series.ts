/** Series records: created for label sets that nobody has, dropped by cuts. */
import {
  LABELS_PLACEMENT,
  SERIES_BYTES,
  SERIES_DROPPED,
  SERIES_FLAGS,
  SERIES_GENERATION,
  SERIES_LABELS,
  SERIES_LAST_TIMESTAMP,
  SERIES_REF,
  SERIES_SIDE,
  SERIES_TENANT,
  SIDE_BYTES,
} from "../../layout/head-layout";
import { currentGeneration, freedGeneration } from "./arena";
import {
  countLabels,
  createLabels,
  labelsRoom,
  releaseLabels,
} from "./labels";
import { pagesRoom, release } from "./memory";
import { enterRecord, firstLive, mapRoom, nextRef, recordOf, removeRecord } from "./series-map";
import { findSeries, insertSeries, removeSeries, tableRoom } from "./series-table";
import { allocateLine, releaseLine } from "./slab";
import { releaseStaging } from "./staging";

/** Upper bound of the heap bytes that `count` more series with labels of `labelBytes` may take. */
export function seriesRoom(count: u32, labels: u32, labelBytes: u32): u32 {
  if (count == 0) return 0;
  return (
    labelsRoom(count, labels, labelBytes) +
    pagesRoom(SERIES_BYTES * count) +
    mapRoom(count / 256 + 1, nextRef() + count) +
    tableRoom(count)
  );
}

/** Labels of the `count` label entries in all. */
export function labelTotal(count: u32, labelStart: usize, labels: usize): u32 {
  let total: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const start = load<u32>(labelStart + (i << 2));
    total += countLabels(labels + start, load<u32>(labelStart + (i << 2), 4) - start);
  }
  return total;
}

/** How many of the `count` label entries name no series. */
export function countUnknown(
  tenant: u32,
  count: u32,
  labelStart: usize,
  labels: usize,
  fingerprints: usize,
): u32 {
  let unknown: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const start = load<u32>(labelStart + (i << 2));
    const labelBytes = load<u32>(labelStart + (i << 2), 4) - start;
    const fingerprint = load<u64>(fingerprints + (i << 3));
    if (findSeries(tenant, labels + start, labelBytes, fingerprint) == 0) unknown++;
  }
  return unknown;
}

/**
 * Finds or creates the series of `count` label entries; the refs go to `refs`, index-aligned. New
 * refs are those at and above the former `nextRef`. Room was reserved by `seriesRoom`.
 */
export function resolve(
  tenant: u32,
  count: u32,
  labelStart: usize,
  labels: usize,
  fingerprints: usize,
  placements: usize,
  refs: usize,
): void {
  for (let i: u32 = 0; i < count; i++) {
    const start = load<u32>(labelStart + (i << 2));
    const labelBytes = load<u32>(labelStart + (i << 2), 4) - start;
    const fingerprint = load<u64>(fingerprints + (i << 3));
    let record = findSeries(tenant, labels + start, labelBytes, fingerprint);
    if (record == 0) {
      const placement = load<u64>(placements + (i << 3));
      record = create(nextRef(), tenant, labels + start, labelBytes, fingerprint, placement);
    }
    store<u32>(refs + (i << 2), load<u32>(record, SERIES_REF));
  }
}

/**
 * Creates the series of a log's label entries under the refs it gave them; those that are there
 * already stay. Returns the first entry whose labels have another ref, or whose ref other labels,
 * or -1; nothing behind it is created.
 */
export function restore(
  tenant: u32,
  count: u32,
  labelStart: usize,
  labels: usize,
  fingerprints: usize,
  placements: usize,
  refs: usize,
): i32 {
  for (let i: u32 = 0; i < count; i++) {
    const start = load<u32>(labelStart + (i << 2));
    const labelBytes = load<u32>(labelStart + (i << 2), 4) - start;
    const fingerprint = load<u64>(fingerprints + (i << 3));
    const ref = load<u32>(refs + (i << 2));
    const record = findSeries(tenant, labels + start, labelBytes, fingerprint);
    if (record == 0) {
      if (ref < nextRef() && recordOf(ref) != 0) return <i32>i;
      const placement = load<u64>(placements + (i << 3));
      create(ref, tenant, labels + start, labelBytes, fingerprint, placement);
    } else if (load<u32>(record, SERIES_REF) != ref) {
      return <i32>i;
    }
  }
  return -1;
}

function create(
  ref: u32,
  tenant: u32,
  labels: usize,
  labelBytes: u32,
  fingerprint: u64,
  placement: u64,
): usize {
  const block = createLabels(tenant, ref, labels, labelBytes, fingerprint, placement);
  const record: usize = allocateLine();
  memory.fill(record, 0, SERIES_BYTES);
  store<f64>(record, -Infinity, SERIES_LAST_TIMESTAMP);
  store<u32>(record, currentGeneration(), SERIES_GENERATION);
  store<u32>(record, tenant, SERIES_TENANT);
  store<u32>(record, <u32>block, SERIES_LABELS);
  store<u32>(record, ref, SERIES_REF);
  enterRecord(ref, <u32>record);
  insertSeries(record);
  return record;
}

/** Writes the upper placement words of `count` refs to `words`; 0 for series that are gone. */
export function upperPlacements(count: u32, refs: usize, words: usize): void {
  for (let i: u32 = 0; i < count; i++) {
    const record = recordOf(load<u32>(refs + (i << 2)));
    // Address 0 is zeros: no record, no labels, no placement.
    const block: usize = load<u32>(record, SERIES_LABELS);
    store<u32>(words + (i << 2), load<u32>(block, LABELS_PLACEMENT + 4));
  }
}

/**
 * Writes the runs {first ref, count} of series without a sample after `generation` to `runs`, at
 * most `runsMax` of them, and returns how many. Runs may hold refs of series long dropped.
 */
export function collectIdle(generation: u32, runs: usize, runsMax: u32): u32 {
  let count: u32 = 0;
  let end: u32 = 0;
  for (let ref = firstLive(0); ref < nextRef(); ref = firstLive(ref + 1)) {
    const record = recordOf(ref);
    if (load<u32>(record, SERIES_GENERATION) > generation) {
      end = 0;
      continue;
    }
    if ((load<u16>(record, SERIES_FLAGS) & SERIES_DROPPED) != 0) continue;
    if (end == 0) {
      if (count == runsMax) return count;
      store<u32>(runs + (count << 3), ref);
      count++;
    }
    end = ref + 1;
    store<u32>(runs + ((count - 1) << 3), end - load<u32>(runs + ((count - 1) << 3)), 4);
  }
  return count;
}

/**
 * Drops the series of a run of refs: their labels may be registered anew from now on. What holds
 * samples in memory lingers; returns how many series do.
 */
export function drop(firstRef: u32, count: u32): u32 {
  let lingering: u32 = 0;
  const end = min(firstRef + count, nextRef());
  for (let ref = firstLive(firstRef); ref < end; ref = firstLive(ref + 1)) {
    const record = recordOf(ref);
    const flags = load<u16>(record, SERIES_FLAGS);
    if ((flags & SERIES_DROPPED) == 0) {
      removeSeries(record);
      store<u16>(record, flags | SERIES_DROPPED, SERIES_FLAGS);
    }
    if (load<u32>(record, SERIES_GENERATION) > freedGeneration()) lingering++;
    else forget(ref, record);
  }
  return lingering;
}

function forget(ref: u32, record: usize): void {
  releaseStaging(record);
  const side = load<u32>(record, SERIES_SIDE);
  if (side != 0) release(side, SIDE_BYTES);
  removeRecord(ref);
  releaseLabels(load<u32>(record, SERIES_LABELS), load<u32>(record, SERIES_TENANT));
  releaseLine(<u32>record);
}
