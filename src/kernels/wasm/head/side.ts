/**
 * Samples that came out of order: raw, in order of arrival, in side chunks of the generation they
 * arrived in. Each carries the mark of the newest view at its arrival, so that a view can tell what
 * came after it.
 */
import {
  SERIES_SIDE,
  SIDE_BYTES,
  SIDE_CAPACITY_FIRST,
  SIDE_CAPACITY_LATER,
  SIDE_CHUNK,
  SIDE_CHUNK_CAPACITY,
  SIDE_CHUNK_COUNT,
  SIDE_CHUNK_HEADER_BYTES,
  SIDE_CHUNK_MAX,
  SIDE_CHUNK_MIN,
  SIDE_CHUNK_NEXT,
  SIDE_CHUNK_NEXT_GENERATION,
  SIDE_CHUNK_PREVIOUS,
  SIDE_CHUNK_PREVIOUS_GENERATION,
  SIDE_GENERATION,
  SIDE_HINT,
  SIDE_HINT_GENERATION,
  SIDE_MAX,
  SIDE_MIN,
  SIDE_SAMPLE_BYTES,
  SIDE_SAMPLE_MARK,
} from "../../layout/head-layout";
import { allocateIn, currentGeneration, freedGeneration, releasedGeneration } from "./arena";
import { allocate } from "./memory";

/** Most bytes that one sample takes. */
export const SIDE_WRITE_BYTES_MAX: u32 =
  SIDE_CHUNK_HEADER_BYTES + SIDE_CAPACITY_LATER * SIDE_SAMPLE_BYTES;

export function writeSide(record: usize, timestamp: f64, bits: i64, mark: u32): void {
  let side: usize = load<u32>(record, SERIES_SIDE);
  if (side == 0) {
    side = allocate(SIDE_BYTES);
    store<u64>(side, 0);
    store<u64>(side, 0, SIDE_HINT);
    store<f64>(side, Infinity, SIDE_MIN);
    store<f64>(side, -Infinity, SIDE_MAX);
    store<u32>(record, <u32>side, SERIES_SIDE);
  }
  let chunk: usize = load<u32>(side, SIDE_CHUNK);
  const isOpen = chunk != 0 && load<u32>(side, SIDE_GENERATION) == currentGeneration();
  if (!isOpen || load<u32>(chunk, SIDE_CHUNK_COUNT) == load<u32>(chunk, SIDE_CHUNK_CAPACITY)) {
    chunk = openSideChunk(side, isOpen ? SIDE_CAPACITY_LATER : SIDE_CAPACITY_FIRST);
  }
  const count = load<u32>(chunk, SIDE_CHUNK_COUNT);
  const at = chunk + SIDE_CHUNK_HEADER_BYTES + count * SIDE_SAMPLE_BYTES;
  store<f64>(at, timestamp);
  store<i64>(at, bits, 8);
  store<u64>(at, mark, SIDE_SAMPLE_MARK);
  store<u32>(chunk, count + 1, SIDE_CHUNK_COUNT);
  if (timestamp > load<f64>(side, SIDE_MAX)) store<f64>(side, timestamp, SIDE_MAX);
  if (timestamp < load<f64>(side, SIDE_MIN)) store<f64>(side, timestamp, SIDE_MIN);
  if (timestamp > load<f64>(chunk, SIDE_CHUNK_MAX)) store<f64>(chunk, timestamp, SIDE_CHUNK_MAX);
  if (timestamp < load<f64>(chunk, SIDE_CHUNK_MIN)) store<f64>(chunk, timestamp, SIDE_CHUNK_MIN);
}

function openSideChunk(side: usize, capacity: u32): usize {
  const generation = currentGeneration();
  const chunk: usize = allocateIn(generation, SIDE_CHUNK_HEADER_BYTES + capacity * SIDE_SAMPLE_BYTES);
  const isPreviousInMemory = load<u32>(side, SIDE_GENERATION) > freedGeneration();
  store<u64>(chunk, isPreviousInMemory ? load<u64>(side) : 0);
  store<u64>(chunk, 0, SIDE_CHUNK_NEXT);
  if (isPreviousInMemory) {
    const previous: usize = load<u32>(side, SIDE_CHUNK);
    store<u32>(previous, <u32>chunk, SIDE_CHUNK_NEXT);
    store<u32>(previous, generation, SIDE_CHUNK_NEXT_GENERATION);
  }
  store<u32>(chunk, 0, SIDE_CHUNK_COUNT);
  store<u32>(chunk, capacity, SIDE_CHUNK_CAPACITY);
  store<f64>(chunk, Infinity, SIDE_CHUNK_MIN);
  store<f64>(chunk, -Infinity, SIDE_CHUNK_MAX);
  store<u32>(side, <u32>chunk, SIDE_CHUNK);
  store<u32>(side, generation, SIDE_GENERATION);
  return chunk;
}

/**
 * As `findInOrder`. A history that comes in order of time is beyond all that is aside, and one that
 * comes again is found where the sample before it was, or behind it: neither walks the chunks for each sample.
 */
export function findAside(record: usize, timestamp: f64): usize {
  const side: usize = load<u32>(record, SERIES_SIDE);
  if (side == 0) return 0;
  if (timestamp > load<f64>(side, SIDE_MAX) || timestamp < load<f64>(side, SIDE_MIN)) return 0;
  if (load<u32>(side, SIDE_HINT_GENERATION) > releasedGeneration()) {
    const hint: usize = load<u32>(side, SIDE_HINT);
    let found = findInChunk(hint, timestamp);
    if (found != 0) return found;
    const newer: usize = load<u32>(hint, SIDE_CHUNK_NEXT);
    found = newer == 0 ? 0 : findInChunk(newer, timestamp);
    if (found != 0) {
      store<u32>(side, <u32>newer, SIDE_HINT);
      store<u32>(side, load<u32>(hint, SIDE_CHUNK_NEXT_GENERATION), SIDE_HINT_GENERATION);
      return found;
    }
  }
  let chunk: usize = load<u32>(side, SIDE_CHUNK);
  let generation = load<u32>(side, SIDE_GENERATION);
  while (generation > releasedGeneration()) {
    const found = findInChunk(chunk, timestamp);
    if (found != 0) {
      store<u32>(side, <u32>chunk, SIDE_HINT);
      store<u32>(side, generation, SIDE_HINT_GENERATION);
      return found;
    }
    generation = load<u32>(chunk, SIDE_CHUNK_PREVIOUS_GENERATION);
    chunk = load<u32>(chunk, SIDE_CHUNK_PREVIOUS);
  }
  return 0;
}

function findInChunk(chunk: usize, timestamp: f64): usize {
  if (!(timestamp >= load<f64>(chunk, SIDE_CHUNK_MIN) && timestamp <= load<f64>(chunk, SIDE_CHUNK_MAX))) {
    return 0;
  }
  const first = chunk + SIDE_CHUNK_HEADER_BYTES;
  const end = first + load<u32>(chunk, SIDE_CHUNK_COUNT) * SIDE_SAMPLE_BYTES;
  for (let at = first; at < end; at += SIDE_SAMPLE_BYTES) {
    if (load<f64>(at) == timestamp) return at + 8;
  }
  return 0;
}
