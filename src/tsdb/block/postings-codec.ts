/**
 * A posting list on disk (FORMAT.md): ascending series numbers, as gaps, as runs or as a bitmap,
 * whichever is smallest. Series of one scrape target are neighbours, so `job` and `instance` are
 * runs; a metric's name is gaps; a label that nearly all carry is a bitmap or one run.
 */
import { assert } from "#base/assert.ts";
import { ByteReader } from "#base/bytes/byte-reader.ts";
import type { ByteWriter } from "#base/bytes/byte-writer.ts";
import { varintBytes } from "#base/bytes/varint.ts";
import { blockDamage } from "./block-errors.ts";

const GAPS = 0;
const RUNS = 1;
const BITMAP = 2;
const KINDS = 4;

/** `series` holds at least one number. */
export function encodePostings(writer: ByteWriter, series: Uint32Array): void {
  const count = series.length;
  assert(count > 0, "postings: got an empty list");
  const { gapBytes, runBytes } = measure(series);
  const bitmapLength = ((series[count - 1]! - series[0]!) >>> 3) + 1;
  const bitmapBytes = varintBytes(series[0]!) + varintBytes(bitmapLength) + bitmapLength;
  if (bitmapBytes < gapBytes && bitmapBytes < runBytes) {
    writer.varint(count * KINDS + BITMAP);
    writer.varint(series[0]!);
    writer.varint(bitmapLength);
    writer.bytes(bitmapOf(series, bitmapLength));
  } else if (runBytes < gapBytes) {
    writer.varint(count * KINDS + RUNS);
    writeRuns(writer, series);
  } else {
    writer.varint(count * KINDS + GAPS);
    writer.varint(series[0]!);
    for (let i = 1; i < count; i++) writer.varint(series[i]! - series[i - 1]! - 1);
  }
}

/** The list in `bytes[start, end)`, all below `bound`; owned by the caller. */
export function decodePostings(
  path: string,
  bytes: Uint8Array,
  start: number,
  end: number,
  bound: number,
): Uint32Array<ArrayBuffer> {
  const reader = new ByteReader(bytes, start, end);
  const head = reader.varint();
  const count = Math.floor(head / KINDS);
  if (count < 1 || count > bound) throw blockDamage(path, `posting count got ${count} of ${bound}`);
  const series = new Uint32Array(count);
  const filled = decodeInto(reader, head % KINDS, series, bound);
  const isWhole = reader.ok && reader.remaining === 0 && filled === count;
  if (isWhole && series[count - 1]! < bound) return series;
  throw blockDamage(path, `postings got ${filled} series, want ${count} below ${bound}`);
}

/** Entries filled, ascending; stops at the first that is not below `bound`. */
function decodeInto(reader: ByteReader, kind: number, series: Uint32Array, bound: number): number {
  if (kind === BITMAP) return decodeBitmap(reader, series);
  let next = 0;
  let filled = 0;
  while (filled < series.length && reader.ok) {
    next += reader.varint();
    const length = kind === RUNS ? reader.varint() + 1 : 1;
    if (kind > RUNS || next + length > bound || length > series.length - filled) return filled;
    for (let i = 0; i < length; i++) series[filled++] = next++;
    // The number behind a run is not in the list.
    if (kind === RUNS) next++;
  }
  return filled;
}

function decodeBitmap(reader: ByteReader, series: Uint32Array): number {
  const first = reader.varint();
  const bitmap = reader.bytes(reader.varint());
  let filled = 0;
  for (let at = 0; at < bitmap.length; at++) {
    for (let rest = bitmap[at]!; rest !== 0; rest &= rest - 1) {
      if (filled === series.length) return filled + 1;
      series[filled++] = first + at * 8 + (31 - Math.clz32(rest & -rest));
    }
  }
  return filled;
}

function measure(series: Uint32Array): { readonly gapBytes: number; readonly runBytes: number } {
  let gapBytes = varintBytes(series[0]!);
  let runBytes = gapBytes;
  let runLength = 1;
  for (let i = 1; i < series.length; i++) {
    const gap = series[i]! - series[i - 1]! - 1;
    assert(gap >= 0, () => `postings: got ${series[i]} after ${series[i - 1]}`);
    gapBytes += varintBytes(gap);
    if (gap === 0) {
      runLength++;
      continue;
    }
    runBytes += varintBytes(runLength - 1) + varintBytes(gap - 1);
    runLength = 1;
  }
  return { gapBytes, runBytes: runBytes + varintBytes(runLength - 1) };
}

function writeRuns(writer: ByteWriter, series: Uint32Array): void {
  writer.varint(series[0]!);
  let runLength = 1;
  for (let i = 1; i < series.length; i++) {
    const gap = series[i]! - series[i - 1]! - 1;
    if (gap === 0) {
      runLength++;
      continue;
    }
    writer.varint(runLength - 1);
    writer.varint(gap - 1);
    runLength = 1;
  }
  writer.varint(runLength - 1);
}

function bitmapOf(series: Uint32Array, length: number): Uint8Array {
  const bitmap = new Uint8Array(length);
  for (let i = 0; i < series.length; i++) {
    const bit = series[i]! - series[0]!;
    bitmap[bit >>> 3]! |= 1 << (bit & 7);
  }
  return bitmap;
}
