/**
 * Reads the samples of one series out of the head: those among the first `visible` in order of
 * arrival that lie in a time range. Values are copied as words, so their bits stay.
 */
import {
  CHUNK_COUNT,
  CHUNK_HEADER_BYTES,
  CHUNK_MAX,
  CHUNK_MIN,
  CHUNK_NEXT,
  SAMPLE_BYTES,
  SERIES_FIRST_CHUNK,
  SERIES_FLAGS,
  SERIES_OUT_OF_ORDER,
  SERIES_SAMPLE_COUNT,
} from "#kernels/layout/head-layout.ts";
import type { TimeRange } from "#storage/queryable.ts";
import type { Head } from "./head.ts";

const SAMPLE_DOUBLES = SAMPLE_BYTES / 8;

export function sampleCountOf(head: Head, ref: number): number {
  return head.memory.u32[head.recordWord(ref) + SERIES_SAMPLE_COUNT / 4]!;
}

export function isOutOfOrder(head: Head, ref: number): boolean {
  return (head.memory.u32[head.recordWord(ref) + SERIES_FLAGS / 4]! & SERIES_OUT_OF_ORDER) !== 0;
}

/** How many of the first `visible` samples lie in the range; stops counting at `enough`. */
export function countSamples(
  head: Head,
  ref: number,
  visible: number,
  range: TimeRange,
  enough: number,
): number {
  const { u32, f64 } = head.memory;
  const { minMs, maxMs } = range;
  let chunk = u32[head.recordWord(ref) + SERIES_FIRST_CHUNK / 4]!;
  let left = visible;
  let count = 0;
  while (left > 0 && count < enough) {
    const inChunk = Math.min(left, u32[(chunk + CHUNK_COUNT) >>> 2]!);
    const chunkMin = f64[(chunk + CHUNK_MIN) >>> 3]!;
    const chunkMax = f64[(chunk + CHUNK_MAX) >>> 3]!;
    if (chunkMin >= minMs && chunkMax <= maxMs) {
      count += inChunk;
    } else if (chunkMax >= minMs && chunkMin <= maxMs) {
      let at = (chunk + CHUNK_HEADER_BYTES) >>> 3;
      for (let i = 0; i < inChunk; i++, at += SAMPLE_DOUBLES) {
        if (f64[at]! >= minMs && f64[at]! <= maxMs) count++;
      }
    }
    left -= inChunk;
    chunk = u32[(chunk + CHUNK_NEXT) >>> 2]!;
  }
  return count;
}

/**
 * Copies the samples that `countSamples` counts to the columns from row `at` on, in order of
 * arrival; `words` is the Uint32 view of the value column. Returns the row after the last.
 */
export function copySamples(
  head: Head,
  ref: number,
  visible: number,
  range: TimeRange,
  timestamps: Float64Array,
  words: Uint32Array,
  at: number,
): number {
  const { u32, f64 } = head.memory;
  const { minMs, maxMs } = range;
  let chunk = u32[head.recordWord(ref) + SERIES_FIRST_CHUNK / 4]!;
  let left = visible;
  let row = at;
  while (left > 0) {
    const inChunk = Math.min(left, u32[(chunk + CHUNK_COUNT) >>> 2]!);
    if (f64[(chunk + CHUNK_MAX) >>> 3]! >= minMs && f64[(chunk + CHUNK_MIN) >>> 3]! <= maxMs) {
      let double = (chunk + CHUNK_HEADER_BYTES) >>> 3;
      for (let i = 0; i < inChunk; i++, double += SAMPLE_DOUBLES) {
        const timestamp = f64[double]!;
        if (timestamp < minMs || timestamp > maxMs) continue;
        const word = 2 * double + 2;
        timestamps[row] = timestamp;
        words[2 * row] = u32[word]!;
        words[2 * row + 1] = u32[word + 1]!;
        row++;
      }
    }
    left -= inChunk;
    chunk = u32[(chunk + CHUNK_NEXT) >>> 2]!;
  }
  return row;
}
