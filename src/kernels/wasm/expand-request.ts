/**
 * Writes a remote write 2.0 request out as the 1.0 request that says the same: symbols become label
 * texts, metadata goes from the series to the request, start timestamps are read and dropped. So one
 * walk serves both, and label bytes are those that a 1.0 sender of the same series sends. Symbols may
 * stand anywhere: they are gathered first. Twin: `../expand-request.ts`.
 */
import {
  EXPAND_FULL,
  PROTO_FIELD_TYPE,
  SYMBOLS_FULL,
  SYMBOL_MISSING,
  SYMBOL_UNPAIRED,
  WALK_FIELDS_FULL,
} from "../layout/kernel-codes";
import {
  EXPAND_EMPTY_TOTAL,
  EXPAND_FAULT_OFFSET,
  EXPAND_FIELDS_MAX,
  EXPAND_FIELD_TOTAL,
  EXPAND_SAMPLE_FIELDS_PLAIN,
  EXPAND_SOURCE,
  EXPAND_SOURCE_BYTES,
  EXPAND_SYMBOLS,
  EXPAND_SYMBOLS_MAX,
  EXPAND_SYMBOL_TOTAL,
  EXPAND_TARGET,
  EXPAND_TARGET_BYTES,
  EXPAND_WRITTEN,
  SYMBOL_HELP,
  SYMBOL_LENGTH,
  SYMBOL_OFFSET,
  SYMBOL_TYPE,
  SYMBOL_UNIT,
  TYPE_MAX,
} from "../layout/expand-layout";
import {
  closeMessage,
  copySample,
  openMessage,
  out,
  putExemplarEnd,
  putField,
  putLabel,
  putMetadata,
  putSample,
  rewindOutput,
  startOutput,
  symbolAt,
} from "./expand-output";
import { fieldBody, fieldEnd, fieldNumber, fieldValue, fieldWire, readField, readShortField } from "./proto-field";

/** Fields of the request and of a series. */
const SYMBOLS: u32 = 4;
const SERIES: u32 = 5;
const SERIES_TAG: u8 = 0x0a;
const SAMPLE_TAG: u8 = 0x12;
const EXEMPLAR_TAG: u8 = 0x1a;
const HISTOGRAM_TAG: u8 = 0x22;
/** No reference waits for its partner; no metric name was seen. */
const NONE: u32 = 0xffff_ffff;
const NAME_WORD: u64 = 0x5f5f_656d_616e_5f5f;

/** The usual sample without and with a start timestamp: tag, length, tag of the value. */
const SAMPLE_HEAD: u32 = 0x091012;
const SAMPLE_START_HEAD: u32 = 0x091712;
const SAMPLE_BYTES: usize = 18;
const SAMPLE_START_BYTES: usize = 25;
/** Timestamps are read with eight bytes, two more than they have. */
const SAMPLE_READ_BYTES: usize = 20;
const SAMPLE_START_READ_BYTES: usize = 27;
/** Continuation bits of six bytes, and how a six-byte varint sets them. */
const VARINT6_MASK: u64 = 0x8080_8080_8080;
const VARINT6_BITS: u64 = 0x0080_8080_8080;
/** Bits 7 to 13 of a two-byte varint, in place. */
const HIGH_SEVEN: u32 = 0x3f80;

let frame: usize = 0;
let sourceEnd: usize = 0;
let symbols: usize = 0;
let symbolTotal: u32 = 0;
/** A label name whose value has not come yet, and the symbol of the series' `__name__`. */
let waiting: u32 = NONE;
let metric: u32 = NONE;
/** Metadata of the series at hand. */
let type: u32 = 0;
let help: u32 = 0;
let unit: u32 = 0;

/** Returns 0, or a negative code with `EXPAND_FAULT_OFFSET` at the tag of the offending field. */
export function expandRequest(at: usize): i32 {
  frame = at;
  symbols = load<u32>(frame, EXPAND_SYMBOLS);
  store<u32>(frame, 0, EXPAND_WRITTEN);
  store<u32>(frame, 0, EXPAND_FIELD_TOTAL);
  store<u32>(frame, 0, EXPAND_EMPTY_TOTAL);
  store<u32>(frame, 0, EXPAND_FAULT_OFFSET);
  const begin: usize = load<u32>(frame, EXPAND_SOURCE);
  const end = begin + <usize>load<u32>(frame, EXPAND_SOURCE_BYTES);
  sourceEnd = end;
  let code = gatherSymbols(begin, end);
  if (code != 0) return code;
  const target: usize = load<u32>(frame, EXPAND_TARGET);
  startOutput(target, load<u32>(frame, EXPAND_TARGET_BYTES), begin, end);
  for (let p = begin; p < end;) {
    if (!readShortField(p, end)) readField(p, end);
    const next = fieldEnd;
    if (fieldNumber == SERIES) {
      code = expandSeries(p, fieldBody, next);
      if (code != 0) return code;
    }
    p = next;
  }
  store<u32>(frame, <u32>(out - target), EXPAND_WRITTEN);
  return 0;
}

function gatherSymbols(begin: usize, end: usize): i32 {
  const max = load<u32>(frame, EXPAND_SYMBOLS_MAX);
  let total: u32 = 0;
  for (let p = begin; p < end; p = fieldEnd) {
    const code = readShortField(p, end) ? 0 : readField(p, end);
    if (code != 0) return fault(code, p);
    if (fieldNumber == SYMBOLS || fieldNumber == SERIES) {
      if (fieldWire != 2) return fault(PROTO_FIELD_TYPE, p);
    } else if (isOneTooMany()) {
      return fault(WALK_FIELDS_FULL, p);
    }
    if (fieldNumber != SYMBOLS) continue;
    if (total == max) return fault(SYMBOLS_FULL, p);
    const symbol = symbolAt(symbols, total++);
    store<u32>(symbol, <u32>fieldBody, SYMBOL_OFFSET);
    store<u32>(symbol, <u32>(fieldEnd - fieldBody), SYMBOL_LENGTH);
    store<u32>(symbol, 0, SYMBOL_TYPE);
  }
  symbolTotal = total;
  store<u32>(frame, total, EXPAND_SYMBOL_TOTAL);
  return 0;
}

function expandSeries(tag: usize, begin: usize, end: usize): i32 {
  const start = out;
  if (!openMessage(SERIES_TAG)) return fault(EXPAND_FULL, tag);
  waiting = NONE;
  metric = NONE;
  type = 0;
  help = 0;
  unit = 0;
  let itemTotal: u32 = 0;
  for (let p = begin; p < end;) {
    const sampleBytes = usualSampleBytes(p, end);
    if (sampleBytes != 0) {
      if (!copySample(p)) return fault(EXPAND_FULL, p);
      itemTotal++;
      p += sampleBytes;
      continue;
    }
    let code = readShortField(p, end) ? 0 : readField(p, end);
    if (code != 0) return fault(code, p);
    const next = fieldEnd;
    const number = fieldNumber;
    if (number == 1) {
      code = expandLabels(p, true);
    } else if (number == 2) {
      code = expandSample(p);
      itemTotal++;
    } else if (number == 4) {
      code = expandExemplar(p);
      itemTotal++;
    } else {
      if (isOneTooMany()) return fault(WALK_FIELDS_FULL, p);
      if (number == 3) {
        code = copyHistogram(p);
        itemTotal++;
      } else if (number == 5) {
        code = readMetadata(p);
      }
    }
    if (code != 0) return code;
    p = next;
  }
  if (waiting != NONE) return fault(SYMBOL_UNPAIRED, tag);
  if (itemTotal == 0) {
    // Counted: such a series costs time and leaves next to nothing behind that bounds it.
    if (isOneTooMany()) return fault(WALK_FIELDS_FULL, tag);
    rewindOutput(start);
    if (metric != NONE && (type | help | unit) != 0) return writeMetadata(tag);
    store<u32>(frame, load<u32>(frame, EXPAND_EMPTY_TOTAL) + 1, EXPAND_EMPTY_TOTAL);
    return 0;
  }
  if (!closeMessage(start)) return fault(EXPAND_FULL, tag);
  return writeMetadata(tag);
}

/** The length of a sample as encoders write it nowadays, all of it in `[p, end)`; else 0. */
// @ts-ignore: decorator
@inline
function usualSampleBytes(p: usize, end: usize): usize {
  if (sourceEnd - p < SAMPLE_READ_BYTES || end - p < SAMPLE_BYTES) return 0;
  const head = load<u32>(p) & 0xff_ffff;
  const isTimed = load<u8>(p, 11) == 0x10 && isVarint6(load<u64>(p, 12));
  if (head == SAMPLE_HEAD && isTimed) return SAMPLE_BYTES;
  if (sourceEnd - p < SAMPLE_START_READ_BYTES || end - p < SAMPLE_START_BYTES) return 0;
  if (head != SAMPLE_START_HEAD || !isTimed) return 0;
  return load<u8>(p, 18) == 0x18 && isVarint6(load<u64>(p, 19)) ? SAMPLE_START_BYTES : 0;
}

// @ts-ignore: decorator
@inline
function isVarint6(word: u64): bool {
  return (word & VARINT6_MASK) == VARINT6_BITS;
}

/** References of the field just read, one or a packed run of them, to labels. */
function expandLabels(tag: usize, isSeries: bool): i32 {
  if (fieldWire == 0) {
    return fieldValue < symbolTotal
      ? expandReference(tag, <u32>fieldValue, isSeries)
      : fault(SYMBOL_MISSING, tag);
  }
  if (fieldWire != 2) return fault(PROTO_FIELD_TYPE, tag);
  const end = fieldEnd;
  for (let p = fieldBody; p < end;) {
    // Fast path: a pair of references of at most two bytes each.
    if (waiting == NONE && sourceEnd - p >= 4) {
      const word = load<u32>(p);
      const wide = (word >> 7) & 1;
      const name = (word & 127) | ((word >> 1) & HIGH_SEVEN & (0 - wide));
      const rest = word >> (8 + 8 * wide);
      const wider = (rest >> 7) & 1;
      const value = (rest & 127) | ((rest >> 1) & HIGH_SEVEN & (0 - wider));
      const isLonger = ((wide & (word >> 15)) | (wider & (rest >> 15))) != 0;
      const next = p + <usize>(2 + wide + wider);
      if (!isLonger && next <= end && name < symbolTotal && value < symbolTotal) {
        const record = symbolAt(symbols, name);
        if (isSeries && isMetricName(record)) metric = value;
        if (!putLabel(record, symbolAt(symbols, value))) return fault(EXPAND_FULL, tag);
        p = next;
        continue;
      }
    }
    let reference: u64 = load<u8>(p);
    let bytes: usize = 1;
    if (reference >= 128) {
      // As long as a reference that could be valid; a longer one is no reference to anything.
      reference &= 127;
      let byte: u64 = 128;
      while (byte >= 128) {
        if (p + bytes == end || bytes == 5) return fault(SYMBOL_MISSING, tag);
        byte = load<u8>(p + bytes);
        reference |= (byte & 127) << (7 * bytes);
        bytes++;
      }
    }
    if (reference >= symbolTotal) return fault(SYMBOL_MISSING, tag);
    const code = expandReference(tag, <u32>reference, isSeries);
    if (code != 0) return code;
    p += bytes;
  }
  return 0;
}

function expandReference(tag: usize, reference: u32, isSeries: bool): i32 {
  if (waiting == NONE) {
    waiting = reference;
    return 0;
  }
  const name = symbolAt(symbols, waiting);
  if (isSeries && isMetricName(name)) metric = reference;
  waiting = NONE;
  return putLabel(name, symbolAt(symbols, reference)) ? 0 : fault(EXPAND_FULL, tag);
}

// @ts-ignore: decorator
@inline
function isMetricName(symbol: usize): bool {
  return (
    load<u32>(symbol, SYMBOL_LENGTH) == 8 && load<u64>(load<u32>(symbol, SYMBOL_OFFSET)) == NAME_WORD
  );
}

function expandSample(tag: usize): i32 {
  if (fieldWire != 2) return fault(PROTO_FIELD_TYPE, tag);
  let value: u64 = 0;
  let time: u64 = 0;
  let plainLeft: i32 = EXPAND_SAMPLE_FIELDS_PLAIN;
  const end = fieldEnd;
  for (let p = fieldBody; p < end; p = fieldEnd) {
    const code = readField(p, end);
    if (code != 0) return fault(code, p);
    if (plainLeft <= 0 && isOneTooMany()) return fault(WALK_FIELDS_FULL, p);
    plainLeft--;
    if (fieldNumber == 1) {
      if (fieldWire != 1) return fault(PROTO_FIELD_TYPE, p);
      value = load<u64>(fieldBody);
    } else if (fieldNumber <= 3) {
      if (fieldWire != 0) return fault(PROTO_FIELD_TYPE, p);
      if (fieldNumber == 2) time = fieldValue;
    }
  }
  return putSample(SAMPLE_TAG, value, time) ? 0 : fault(EXPAND_FULL, tag);
}

function expandExemplar(tag: usize): i32 {
  if (fieldWire != 2) return fault(PROTO_FIELD_TYPE, tag);
  const outer = waiting;
  const start = out;
  if (!openMessage(EXEMPLAR_TAG)) return fault(EXPAND_FULL, tag);
  waiting = NONE;
  let value: u64 = 0;
  let time: u64 = 0;
  let plainLeft: i32 = EXPAND_SAMPLE_FIELDS_PLAIN;
  const end = fieldEnd;
  for (let p = fieldBody; p < end;) {
    const code = readField(p, end);
    if (code != 0) return fault(code, p);
    const next = fieldEnd;
    if (plainLeft <= 0 && isOneTooMany()) return fault(WALK_FIELDS_FULL, p);
    plainLeft--;
    if (fieldNumber == 1) {
      const failure = expandLabels(p, false);
      if (failure != 0) return failure;
    } else if (fieldNumber == 2) {
      if (fieldWire != 1) return fault(PROTO_FIELD_TYPE, p);
      value = load<u64>(fieldBody);
    } else if (fieldNumber == 3) {
      if (fieldWire != 0) return fault(PROTO_FIELD_TYPE, p);
      time = fieldValue;
    }
    p = next;
  }
  if (waiting != NONE) return fault(SYMBOL_UNPAIRED, tag);
  waiting = outer;
  return putExemplarEnd(value, time) && closeMessage(start) ? 0 : fault(EXPAND_FULL, tag);
}

/** The fields of a histogram have the same numbers in both messages. */
function copyHistogram(tag: usize): i32 {
  if (fieldWire != 2) return fault(PROTO_FIELD_TYPE, tag);
  return putField(HISTOGRAM_TAG, fieldBody, fieldEnd - fieldBody) ? 0 : fault(EXPAND_FULL, tag);
}

function readMetadata(tag: usize): i32 {
  if (fieldWire != 2) return fault(PROTO_FIELD_TYPE, tag);
  let plainLeft: i32 = EXPAND_SAMPLE_FIELDS_PLAIN;
  const end = fieldEnd;
  for (let p = fieldBody; p < end; p = fieldEnd) {
    const code = readField(p, end);
    if (code != 0) return fault(code, p);
    if (plainLeft <= 0 && isOneTooMany()) return fault(WALK_FIELDS_FULL, p);
    plainLeft--;
    if (fieldNumber != 1 && fieldNumber != 3 && fieldNumber != 4) continue;
    if (fieldWire != 0) return fault(PROTO_FIELD_TYPE, p);
    if (fieldNumber == 1) type = fieldValue > <u64>TYPE_MAX ? 0 : <u32>fieldValue;
    // 0 means none, also where there are no symbols.
    else if (fieldValue != 0 && fieldValue >= symbolTotal) return fault(SYMBOL_MISSING, p);
    else if (fieldNumber == 3) help = <u32>fieldValue;
    else unit = <u32>fieldValue;
  }
  return 0;
}

/** Once for each metric, unless its series contradict each other. */
function writeMetadata(tag: usize): i32 {
  if (metric == NONE || (type | help | unit) == 0) return 0;
  const symbol = symbolAt(symbols, metric);
  if (
    load<u32>(symbol, SYMBOL_TYPE) == type + 1 &&
    load<u32>(symbol, SYMBOL_HELP) == help &&
    load<u32>(symbol, SYMBOL_UNIT) == unit
  ) {
    return 0;
  }
  store<u32>(symbol, type + 1, SYMBOL_TYPE);
  store<u32>(symbol, help, SYMBOL_HELP);
  store<u32>(symbol, unit, SYMBOL_UNIT);
  return putMetadata(symbols, metric, type, help, unit) ? 0 : fault(EXPAND_FULL, tag);
}

/** Counts an odd field; true when it is one more than is read. */
function isOneTooMany(): bool {
  const total = load<u32>(frame, EXPAND_FIELD_TOTAL);
  if (total == load<u32>(frame, EXPAND_FIELDS_MAX)) return true;
  store<u32>(frame, total + 1, EXPAND_FIELD_TOTAL);
  return false;
}

function fault(code: i32, p: usize): i32 {
  store<u32>(frame, <u32>p - load<u32>(frame, EXPAND_SOURCE), EXPAND_FAULT_OFFSET);
  return code;
}
