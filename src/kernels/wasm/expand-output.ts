/**
 * Writes the remote write 1.0 message of `expand-request.ts`. The place and the end of the output are
 * module variables for the time of one call; what does not fit is not begun, and false tells so.
 */
import {
  SYMBOL_BYTES,
  SYMBOL_LENGTH,
  SYMBOL_OFFSET,
  TYPE_GAUGE_HISTOGRAM,
  TYPE_HISTOGRAM,
  TYPE_SUMMARY,
} from "../layout/expand-layout";
import { COPY_OVER_BYTES, copyBytes, copyOver } from "./copy";

/** Where the next byte goes. */
export let out: usize = 0;
let outEnd: usize = 0;
/** Texts that begin before it may be read a little too far. */
let copyEnd: usize = 0;

/** Tag and two bytes for the length of a message that is being written. */
const MESSAGE_HEAD: usize = 3;
/** Texts of a plain label, and what is written of it and a little behind. */
const PLAIN_TEXTS_MAX: u32 = 123;
const PLAIN_LABEL_ROOM: usize = 6 + PLAIN_TEXTS_MAX + COPY_OVER_BYTES;
const PLAIN_SAMPLE_BYTES: usize = 18;
/** What the length takes more when two bytes cannot hold it. */
const LENGTH_EXTRA: usize = 3;
const LENGTH_SHORT_MAX: usize = 1 << 14;
const LABEL_TAG: u8 = 0x0a;
/** The largest varint. */
const VARINT_BYTES: usize = 10;
const METADATA_TAG: u8 = 0x1a;

/** Texts are taken from the source. */
export function startOutput(target: usize, bytes: usize, source: usize, sourceEnd: usize): void {
  out = target;
  outEnd = target + bytes;
  const margin = <usize>PLAIN_TEXTS_MAX + COPY_OVER_BYTES;
  copyEnd = sourceEnd - source > margin ? sourceEnd - margin : source;
}

/** Takes back what was written behind `place`. */
export function rewindOutput(place: usize): void {
  out = place;
}

export function openMessage(tag: u8): bool {
  if (outEnd - out < MESSAGE_HEAD) return false;
  store<u8>(out, tag);
  out += MESSAGE_HEAD;
  return true;
}

/** Writes the length of the message opened at `start`: two bytes, or five when it is long. */
export function closeMessage(start: usize): bool {
  const body = start + MESSAGE_HEAD;
  const bytes = out - body;
  if (bytes < LENGTH_SHORT_MAX) {
    store<u8>(start, (bytes & 127) | 128, 1);
    store<u8>(start, bytes >> 7, 2);
    return true;
  }
  if (outEnd - out < LENGTH_EXTRA) return false;
  memory.copy(body + LENGTH_EXTRA, body, bytes);
  out += LENGTH_EXTRA;
  for (let i: usize = 0; i < 4; i++) store<u8>(start + i, ((bytes >> (7 * i)) & 127) | 128, 1);
  store<u8>(start, bytes >> 28, 5);
  return true;
}

/** One label of a series or an exemplar, its name and value given as symbol records. */
export function putLabel(name: usize, value: usize): bool {
  const nameBytes: usize = load<u32>(name, SYMBOL_LENGTH);
  const valueBytes: usize = load<u32>(value, SYMBOL_LENGTH);
  const nameAt: usize = load<u32>(name, SYMBOL_OFFSET);
  const valueAt: usize = load<u32>(value, SYMBOL_OFFSET);
  // Fast path: lengths of one byte each, and room for copies in wide steps.
  if (
    <u64>nameBytes + <u64>valueBytes <= <u64>PLAIN_TEXTS_MAX &&
    nameAt < copyEnd &&
    valueAt < copyEnd &&
    outEnd - out >= PLAIN_LABEL_ROOM
  ) {
    store<u8>(out, LABEL_TAG);
    store<u8>(out, 4 + nameBytes + valueBytes, 1);
    store<u8>(out, 0x0a, 2);
    store<u8>(out, nameBytes, 3);
    copyOver(out + 4, nameAt, nameBytes);
    out += 4 + nameBytes;
    store<u8>(out, 0x12);
    store<u8>(out, valueBytes, 1);
    copyOver(out + 2, valueAt, valueBytes);
    out += 2 + valueBytes;
    return true;
  }
  const pair = textBytes(nameBytes) + textBytes(valueBytes);
  if (outEnd - out < 1 + varintBytes(pair) + pair) return false;
  store<u8>(out, LABEL_TAG);
  out++;
  putVarint(pair);
  putText(0x0a, nameAt, nameBytes);
  putText(0x12, valueAt, valueBytes);
  return true;
}

/** A sample whose bytes are already what `putSample` would write, but for its length. */
// @ts-ignore: decorator
@inline
export function copySample(from: usize): bool {
  if (outEnd - out < PLAIN_SAMPLE_BYTES) return false;
  v128.store(out, v128.load(from));
  store<u8>(out, PLAIN_SAMPLE_BYTES - 2, 1);
  store<u16>(out, load<u16>(from, 16), 16);
  out += PLAIN_SAMPLE_BYTES;
  return true;
}

/** A sample, or with other tags the end of an exemplar: value, then time. */
export function putSample(tag: u8, value: u64, time: u64): bool {
  const bytes: usize = 10 + varintBytes(time);
  if (outEnd - out < 2 + bytes) return false;
  store<u8>(out, tag);
  store<u8>(out, bytes, 1);
  out += 2;
  putValueAndTime(0x09, value, 0x10, time);
  return true;
}

export function putExemplarEnd(value: u64, time: u64): bool {
  if (outEnd - out < 10 + VARINT_BYTES) return false;
  putValueAndTime(0x11, value, 0x18, time);
  return true;
}

/** A field as it is. */
export function putField(tag: u8, body: usize, bytes: usize): bool {
  if (outEnd - out < textBytes(bytes)) return false;
  putText(tag, body, bytes);
  return true;
}

/** Metadata of the family that the metric is of; symbol 0 is no help and no unit, whatever it says. */
export function putMetadata(symbols: usize, metric: u32, type: u32, help: u32, unit: u32): bool {
  const name: usize = load<u32>(symbolAt(symbols, metric), SYMBOL_OFFSET);
  const length: usize = load<u32>(symbolAt(symbols, metric), SYMBOL_LENGTH);
  const nameBytes = familyBytes(type, name, length);
  const helpBytes: usize = help == 0 ? 0 : load<u32>(symbolAt(symbols, help), SYMBOL_LENGTH);
  const unitBytes: usize = unit == 0 ? 0 : load<u32>(symbolAt(symbols, unit), SYMBOL_LENGTH);
  const bytes: usize = 2 + textBytes(nameBytes) + textBytes(helpBytes) + textBytes(unitBytes);
  if (outEnd - out < textBytes(bytes)) return false;
  store<u8>(out, METADATA_TAG);
  out++;
  putVarint(bytes);
  store<u8>(out, 0x08);
  store<u8>(out, type, 1);
  out += 2;
  putText(0x12, name, nameBytes);
  putText(0x22, load<u32>(symbolAt(symbols, help), SYMBOL_OFFSET), helpBytes);
  putText(0x2a, load<u32>(symbolAt(symbols, unit), SYMBOL_OFFSET), unitBytes);
  return true;
}

/** The record of a symbol. */
// @ts-ignore: decorator
@inline
export function symbolAt(symbols: usize, index: u32): usize {
  return symbols + <usize>index * SYMBOL_BYTES;
}

/** Length of the name without what names a part of a histogram or summary. */
function familyBytes(type: u32, name: usize, bytes: usize): usize {
  const isHistogram = type == TYPE_HISTOGRAM || type == TYPE_GAUGE_HISTOGRAM;
  if (!isHistogram && type != TYPE_SUMMARY) return bytes;
  if (bytes > 4 && load<u32>(name + bytes - 4) == SUM) return bytes - 4;
  if (bytes > 6 && load<u32>(name + bytes - 4) == OUNT && load<u16>(name + bytes - 6) == LOW_C) {
    return bytes - 6;
  }
  if (!isHistogram || bytes <= 7) return bytes;
  return load<u32>(name + bytes - 7) == BUC && load<u32>(name + bytes - 4) == KET
    ? bytes - 7
    : bytes;
}

/** `_sum`; `_c` before `ount`; `_buc` over `cket`: as words. */
const SUM: u32 = 0x6d75735f;
const OUNT: u32 = 0x746e756f;
const LOW_C: u16 = 0x635f;
const BUC: u32 = 0x6375625f;
const KET: u32 = 0x74656b63;

function putValueAndTime(valueTag: u8, value: u64, timeTag: u8, time: u64): void {
  store<u8>(out, valueTag);
  store<u64>(out, value, 1);
  store<u8>(out, timeTag, 9);
  out += 10;
  putVarint(time);
}

function putText(tag: u8, from: usize, bytes: usize): void {
  store<u8>(out, tag);
  out++;
  putVarint(bytes);
  copyBytes(out, from, bytes);
  out += bytes;
}

// @ts-ignore: decorator
@inline
function textBytes(bytes: usize): usize {
  return 1 + varintBytes(bytes) + bytes;
}

function putVarint(value: u64): void {
  let rest = value;
  while (rest >= 128) {
    store<u8>(out++, <u8>rest | 128);
    rest >>= 7;
  }
  store<u8>(out++, <u8>rest);
}

// @ts-ignore: decorator
@inline
function varintBytes(value: u64): usize {
  return value < 128 ? 1 : <usize>((70 - clz(value)) / 7);
}
