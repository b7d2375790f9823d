/**
 * Chunks: what a series stored in order of time, sealed from its staging area miniblock by
 * miniblock. A chunk belongs to one generation and is a chain of its own; its bytes go through
 * segments of growing size, so nothing but the last one is partly empty.
 */
import {
  CHUNK_CHAIN,
  CHUNK_COUNT,
  CHUNK_FIRST,
  CHUNK_HEADER_BYTES,
  CHUNK_LAST,
  CHUNK_PREVIOUS,
  CHUNK_PREVIOUS_GENERATION,
  CHUNK_SAMPLES_MAX,
  CHUNK_SEGMENTS,
  CHUNK_STEP,
  CHUNK_TAIL,
  CHUNK_TAIL_ROOM,
  HEAD_CHAIN,
  HEAD_READ_BYTES,
  HEAD_READ_TIMESTAMPS,
  HEAD_READ_VALUES,
  HEAD_SEAL_BYTES,
  HEAD_SEAL_SCRATCH,
  HEAD_SEAL_TIMESTAMPS,
  SEGMENT_BYTES_MAX,
  SEGMENT_FIRST_BYTES,
  SERIES_CHUNK,
  SERIES_CHUNK_GENERATION,
  SERIES_GENERATION,
  SERIES_STAGED,
  SERIES_STAGING,
  SERIES_STAGING_CAPACITY,
} from "../../layout/head-layout";
import { CHAIN_BYTES, MINIBLOCK_BYTES_MAX } from "../../layout/page-layout";
import { allocateIn, freedGeneration, releasedGeneration } from "./arena";
import { miniblockDecode, miniblockEncode } from "../page/miniblock";
import { findStaged, unstage } from "./staging";

const LINK_BYTES: u32 = 4;
const SAMPLES_MAX: u32 = CHUNK_SAMPLES_MAX;
/** Most bytes that sealing takes: a chunk, and segments for a miniblock that nothing packs. */
export const SEAL_BYTES_MAX: u32 =
  CHUNK_HEADER_BYTES + SEGMENT_FIRST_BYTES + 2 * MINIBLOCK_BYTES_MAX + SEGMENT_BYTES_MAX;

/** The chunk in the columns at HEAD_READ_*, and how many samples it had; 0 = none. */
let readAddress: u32 = 0;
let readCount: u32 = 0;

/** Moves the staged samples of a series, at least one, to a chunk of their generation. */
export function sealStaged(record: usize): void {
  const staged: u32 = load<u8>(record, SERIES_STAGED);
  unstage(record, HEAD_SEAL_TIMESTAMPS);
  const generation = load<u32>(record, SERIES_GENERATION);
  // They left with their generation.
  if (generation <= freedGeneration()) return;
  const capacity: u32 = load<u8>(record, SERIES_STAGING_CAPACITY);
  let chunk: usize = load<u32>(record, SERIES_CHUNK);
  const isOpen = chunk != 0 && load<u32>(record, SERIES_CHUNK_GENERATION) == generation;
  if (!isOpen || !takes(chunk, staged, capacity)) {
    chunk = openChunk(record, generation, capacity);
    store<f64>(chunk, load<f64>(HEAD_SEAL_TIMESTAMPS), CHUNK_FIRST);
  }
  const bytes = miniblockEncode(
    chunk + CHUNK_CHAIN,
    HEAD_SEAL_TIMESTAMPS,
    load<u32>(record, SERIES_STAGING),
    staged,
    HEAD_SEAL_BYTES,
    HEAD_SEAL_SCRATCH,
  );
  appendBytes(chunk, generation, bytes);
}

/** False when the chunk is full or ends with a short miniblock. */
function takes(chunk: usize, samples: u32, step: u32): bool {
  const count = load<u32>(chunk, CHUNK_COUNT);
  if (load<u8>(chunk, CHUNK_STEP) != step || count % step != 0) return false;
  return count + samples <= SAMPLES_MAX;
}

function openChunk(record: usize, generation: u32, step: u32): usize {
  const chunk: usize = allocateIn(generation, CHUNK_HEADER_BYTES + SEGMENT_FIRST_BYTES);
  memory.fill(chunk, 0, CHUNK_HEADER_BYTES);
  const previousGeneration = load<u32>(record, SERIES_CHUNK_GENERATION);
  if (previousGeneration > freedGeneration()) {
    store<u32>(chunk, load<u32>(record, SERIES_CHUNK), CHUNK_PREVIOUS);
    store<u32>(chunk, previousGeneration, CHUNK_PREVIOUS_GENERATION);
  }
  store<u32>(chunk, <u32>chunk + CHUNK_HEADER_BYTES, CHUNK_TAIL);
  store<u16>(chunk, SEGMENT_FIRST_BYTES - LINK_BYTES, CHUNK_TAIL_ROOM);
  store<u8>(chunk, <u8>step, CHUNK_STEP);
  store<u8>(chunk, 1, CHUNK_SEGMENTS);
  store<u32>(record, <u32>chunk, SERIES_CHUNK);
  store<u32>(record, generation, SERIES_CHUNK_GENERATION);
  return chunk;
}

/** Bytes of segment `number`, the first being 1. */
// @ts-ignore: decorator
@inline
function segmentBytes(number: u32): u32 {
  if (number <= 3) return SEGMENT_FIRST_BYTES;
  if (number <= 5) return 64;
  if (number <= 7) return 64 + ((number - 5) << 5);
  return number == 8 ? 192 : SEGMENT_BYTES_MAX;
}

/** Adds `bytes` bytes from HEAD_SEAL_BYTES, which has room to be read beyond them. */
function appendBytes(chunk: usize, generation: u32, bytes: u32): void {
  let source: usize = HEAD_SEAL_BYTES;
  let tail: usize = load<u32>(chunk, CHUNK_TAIL);
  let room: u32 = load<u16>(chunk, CHUNK_TAIL_ROOM);
  while (bytes > room) {
    copyBytes(tail, source, room);
    source += room;
    bytes -= room;
    const number: u32 = load<u8>(chunk, CHUNK_SEGMENTS) + 1;
    store<u8>(chunk, <u8>number, CHUNK_SEGMENTS);
    const size = segmentBytes(number);
    const segment = allocateIn(generation, size);
    store<u32>(tail + room, segment);
    tail = segment;
    room = size - LINK_BYTES;
  }
  copyBytes(tail, source, bytes);
  store<u32>(chunk, <u32>tail + bytes, CHUNK_TAIL);
  store<u16>(chunk, <u16>(room - bytes), CHUNK_TAIL_ROOM);
}

/** A few dozen bytes: a call of the host's copy would cost more. */
// @ts-ignore: decorator
@inline
function copyBytes(to: usize, from: usize, count: u32): void {
  let i: u32 = 0;
  for (; i + 8 <= count; i += 8) store<u64>(to + i, load<u64>(from + i));
  for (; i < count; i++) store<u8>(to + i, load<u8>(from + i));
}

/** Decodes a chunk to the columns at HEAD_READ_TIMESTAMPS and HEAD_READ_VALUES; its samples. */
export function readChunk(chunk: usize): u32 {
  const count = load<u32>(chunk, CHUNK_COUNT);
  // Retries ask for one sample after another.
  if (<u32>chunk == readAddress && count == readCount) return count;
  let source: usize = chunk + CHUNK_HEADER_BYTES;
  if (load<u8>(chunk, CHUNK_SEGMENTS) > 1) source = gather(chunk);
  const step: u32 = load<u8>(chunk, CHUNK_STEP);
  memory.fill(HEAD_CHAIN, 0, CHAIN_BYTES);
  for (let i: u32 = 0; i < count; i += step) {
    source += miniblockDecode(
      HEAD_CHAIN,
      source,
      min(step, count - i),
      HEAD_READ_TIMESTAMPS + (i << 3),
      HEAD_READ_VALUES + (i << 3),
    );
  }
  readAddress = <u32>chunk;
  readCount = count;
  return count;
}

/** Addresses are about to mean something else. */
export function forgetRead(): void {
  readAddress = 0;
}

/** Puts the segments behind one another. */
function gather(chunk: usize): usize {
  const segments: u32 = load<u8>(chunk, CHUNK_SEGMENTS);
  let segment: usize = chunk + CHUNK_HEADER_BYTES;
  let to: usize = HEAD_READ_BYTES;
  for (let number: u32 = 1; number < segments; number++) {
    const bytes = segmentBytes(number) - LINK_BYTES;
    memory.copy(to, segment, bytes);
    to += bytes;
    segment = load<u32>(segment + bytes);
  }
  memory.copy(to, segment, load<u32>(chunk, CHUNK_TAIL) - <u32>segment);
  return HEAD_READ_BYTES;
}

/**
 * Address of the value bits that the series holds in order for this time, or 0. Samples of released
 * generations are not looked at.
 */
export function findInOrder(record: usize, timestamp: f64): usize {
  const released = releasedGeneration();
  if (load<u32>(record, SERIES_GENERATION) > released) {
    const staged = findStaged(record, timestamp);
    if (staged != 0) return staged;
  }
  let chunk: usize = load<u32>(record, SERIES_CHUNK);
  let generation = load<u32>(record, SERIES_CHUNK_GENERATION);
  // Chunks do not overlap: the first one that begins early enough is the only one to look into.
  while (generation > released && timestamp < load<f64>(chunk, CHUNK_FIRST)) {
    generation = load<u32>(chunk, CHUNK_PREVIOUS_GENERATION);
    chunk = load<u32>(chunk, CHUNK_PREVIOUS);
  }
  if (generation <= released || timestamp > load<f64>(chunk, CHUNK_LAST)) return 0;
  let low: u32 = 0;
  let high = readChunk(chunk);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<f64>(HEAD_READ_TIMESTAMPS + (middle << 3)) < timestamp) low = middle + 1;
    else high = middle;
  }
  // The last sample is not below, so `low` is one of them.
  if (load<f64>(HEAD_READ_TIMESTAMPS + (low << 3)) != timestamp) return 0;
  return HEAD_READ_VALUES + (low << 3);
}
