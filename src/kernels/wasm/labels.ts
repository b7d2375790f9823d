/**
 * Raw label bytes (protobuf label fields of one series) to columns, and to canonical bytes: per
 * label, in byte order of the names, varint length + name, varint length + value. Labels with an
 * empty value mean "absent" and are dropped before any rule is applied. Twin: `../labels.ts`.
 */
import {
  LABELS_FULL,
  LABEL_DUPLICATE,
  LABEL_NAME_EMPTY,
  LABEL_NAME_TOO_LONG,
  LABEL_NAME_UTF8,
  LABEL_STRAY_FIELD,
  LABEL_TARGET_FULL,
  LABEL_TOO_MANY,
  LABEL_VALUE_TOO_LONG,
  LABEL_VALUE_UTF8,
  PROTO_FIELD_TYPE,
} from "../layout/kernel-codes";
import {
  CANONICAL_COLUMNS,
  CANONICAL_FAULT_NAME,
  CANONICAL_FAULT_NAME_BYTES,
  CANONICAL_FAULT_OFFSET,
  CANONICAL_FAULT_VALUE,
  CANONICAL_FAULT_VALUE_BYTES,
  CANONICAL_FLAGS,
  CANONICAL_LABELS_MAX,
  CANONICAL_LABEL_COUNT,
  CANONICAL_NAME_BYTES_MAX,
  CANONICAL_NO_LABELS,
  CANONICAL_NO_METRIC_NAME,
  CANONICAL_SOURCE,
  CANONICAL_SOURCE_BYTES,
  CANONICAL_TARGET,
  CANONICAL_TARGET_BYTES,
  CANONICAL_VALUE_BYTES_MAX,
  CANONICAL_WRITTEN,
} from "../layout/canonical-layout";
import { copyBytes } from "./copy";
import {
  fieldBody,
  fieldEnd,
  fieldNumber,
  fieldWire,
  readField,
  readShortField,
} from "./proto-field";
import { isUtf8 } from "./utf8";

/** "__name__" as a little-endian word. */
const METRIC_NAME: u64 = 0x5f5f_656d_616e_5f5f;

/** The label just read by `readLabel`. */
let name: usize = 0;
let nameBytes: u32 = 0;
let value: usize = 0;
let valueBytes: u32 = 0;
let labelEnd: usize = 0;
/** Where `readLabel` failed. */
let faultAt: usize = 0;

/**
 * Fills the four label columns (u32, `labelsMax` entries each) in the order given, labels with an
 * empty value included. Returns the count, or a negative code with the offset stored at `fault`.
 */
export function walkLabels(
  source: usize,
  bytes: usize,
  columns: usize,
  labelsMax: u32,
  fault: usize,
): i32 {
  const end = source + bytes;
  let count: u32 = 0;
  for (let p = source; p < end; p = labelEnd) {
    const code = count == labelsMax ? LABELS_FULL : readLabel(p, end);
    if (code != 0) {
      store<u32>(fault, <u32>((code == LABELS_FULL ? p : faultAt) - source));
      return code;
    }
    putLabel(columns, labelsMax, count, p, false);
    count++;
  }
  return count;
}

/** Returns 0, or a negative code with the fault fields of the frame set. */
export function canonicaliseLabels(frame: usize): i32 {
  const source: usize = load<u32>(frame, CANONICAL_SOURCE);
  const end = source + <usize>load<u32>(frame, CANONICAL_SOURCE_BYTES);
  const columns: usize = load<u32>(frame, CANONICAL_COLUMNS);
  const labelsMax = load<u32>(frame, CANONICAL_LABELS_MAX);
  let count: u32 = 0;
  let ordered = true;
  for (let p = source; p < end; p = labelEnd) {
    let code = readLabel(p, end);
    if (code != 0) {
      forgetLabel();
      return refuse(frame, code, faultAt);
    }
    if (valueBytes == 0) continue;
    code = count == labelsMax ? LABEL_TOO_MANY : judgeLabel(frame);
    if (code != 0) return refuse(frame, code, p);
    putLabel(columns, labelsMax, count, p, true);
    if (count > 0 && compareNames(columns, labelsMax, count - 1, count) >= 0) ordered = false;
    count++;
  }
  if (!ordered) {
    sortLabels(columns, labelsMax, count);
    const twice = findDuplicate(columns, labelsMax, count);
    if (twice != 0) {
      getLabel(columns, labelsMax, twice);
      return refuse(frame, LABEL_DUPLICATE, cell(columns, labelsMax, 4, twice));
    }
  }
  return writeCanonical(frame, columns, labelsMax, count);
}

function writeCanonical(frame: usize, columns: usize, labelsMax: u32, count: u32): i32 {
  const target: usize = load<u32>(frame, CANONICAL_TARGET);
  const end = target + <usize>load<u32>(frame, CANONICAL_TARGET_BYTES);
  let flags: u32 = (count == 0 ? CANONICAL_NO_LABELS : 0) | CANONICAL_NO_METRIC_NAME;
  let o = target;
  for (let i: u32 = 0; i < count; i++) {
    getLabel(columns, labelsMax, i);
    const need = varintBytes(nameBytes) + nameBytes + varintBytes(valueBytes) + valueBytes;
    if (<usize>need > end - o) {
      return refuse(frame, LABEL_TARGET_FULL, cell(columns, labelsMax, 4, i));
    }
    if (nameBytes == 8 && load<u64>(name) == METRIC_NAME) flags &= ~CANONICAL_NO_METRIC_NAME;
    o = writeText(o, name, nameBytes);
    o = writeText(o, value, valueBytes);
  }
  store<u32>(frame, <u32>(o - target), CANONICAL_WRITTEN);
  store<u32>(frame, count, CANONICAL_LABEL_COUNT);
  store<u32>(frame, flags, CANONICAL_FLAGS);
  return 0;
}

/** Reads the label field at `p`: absent parts have length 0, a part given twice counts last. */
function readLabel(p: usize, end: usize): i32 {
  faultAt = p;
  let code = readShortField(p, end) ? 0 : readField(p, end);
  if (code != 0) return code;
  if (fieldNumber != 1 || fieldWire != 2) return LABEL_STRAY_FIELD;
  labelEnd = fieldEnd;
  let q = fieldBody;
  name = q;
  nameBytes = 0;
  value = q;
  valueBytes = 0;
  for (; q < labelEnd; q = fieldEnd) {
    code = readShortField(q, labelEnd) ? 0 : readField(q, labelEnd);
    if (code == 0 && fieldNumber <= 2 && fieldWire != 2) code = PROTO_FIELD_TYPE;
    if (code != 0) {
      faultAt = q;
      return code;
    }
    if (fieldNumber == 1) {
      name = fieldBody;
      nameBytes = <u32>(fieldEnd - fieldBody);
    } else if (fieldNumber == 2) {
      value = fieldBody;
      valueBytes = <u32>(fieldEnd - fieldBody);
    }
  }
  return 0;
}

/** The rules that concern one label alone. */
function judgeLabel(frame: usize): i32 {
  if (nameBytes == 0) return LABEL_NAME_EMPTY;
  if (nameBytes > load<u32>(frame, CANONICAL_NAME_BYTES_MAX)) return LABEL_NAME_TOO_LONG;
  if (valueBytes > load<u32>(frame, CANONICAL_VALUE_BYTES_MAX)) return LABEL_VALUE_TOO_LONG;
  if (!isUtf8(name, nameBytes)) return LABEL_NAME_UTF8;
  return isUtf8(value, valueBytes) ? 0 : LABEL_VALUE_UTF8;
}

/** Malformed bytes have no name to report. */
function forgetLabel(): void {
  name = 0;
  nameBytes = 0;
  value = 0;
  valueBytes = 0;
}

function refuse(frame: usize, code: i32, at: usize): i32 {
  store<u32>(frame, <u32>at - load<u32>(frame, CANONICAL_SOURCE), CANONICAL_FAULT_OFFSET);
  store<u32>(frame, <u32>name, CANONICAL_FAULT_NAME);
  store<u32>(frame, nameBytes, CANONICAL_FAULT_NAME_BYTES);
  store<u32>(frame, <u32>value, CANONICAL_FAULT_VALUE);
  store<u32>(frame, valueBytes, CANONICAL_FAULT_VALUE_BYTES);
  return code;
}

/** Stable insertion sort: senders mostly send labels in order, and there are few. */
function sortLabels(columns: usize, labelsMax: u32, count: u32): void {
  for (let i: u32 = 1; i < count; i++) {
    for (let k = i; k > 0 && compareNames(columns, labelsMax, k - 1, k) > 0; k--) {
      for (let column: u32 = 0; column < 5; column++) {
        const a = cellAddress(columns, labelsMax, column, k - 1);
        const word = load<u32>(a);
        store<u32>(a, load<u32>(a, 4));
        store<u32>(a, word, 4);
      }
    }
  }
}

/** Index of the first label whose name equals the one before it; 0 when there is none. */
function findDuplicate(columns: usize, labelsMax: u32, count: u32): u32 {
  for (let i: u32 = 1; i < count; i++) {
    if (compareNames(columns, labelsMax, i - 1, i) == 0) return i;
  }
  return 0;
}

/** Byte order of the names of labels `i` and `k`: negative, 0 or positive. */
function compareNames(columns: usize, labelsMax: u32, i: u32, k: u32): i32 {
  const a = cell(columns, labelsMax, 0, i);
  const b = cell(columns, labelsMax, 0, k);
  const aBytes = cell(columns, labelsMax, 1, i);
  const bBytes = cell(columns, labelsMax, 1, k);
  const shared = min<usize>(aBytes, bBytes);
  for (let at: usize = 0; at < shared; at++) {
    const order = <i32>load<u8>(a + at) - <i32>load<u8>(b + at);
    if (order != 0) return order;
  }
  return <i32>aBytes - <i32>bBytes;
}

function putLabel(columns: usize, labelsMax: u32, i: u32, field: usize, withField: bool): void {
  store<u32>(cellAddress(columns, labelsMax, 0, i), <u32>name);
  store<u32>(cellAddress(columns, labelsMax, 1, i), nameBytes);
  store<u32>(cellAddress(columns, labelsMax, 2, i), <u32>value);
  store<u32>(cellAddress(columns, labelsMax, 3, i), valueBytes);
  if (withField) store<u32>(cellAddress(columns, labelsMax, 4, i), <u32>field);
}

function getLabel(columns: usize, labelsMax: u32, i: u32): void {
  name = cell(columns, labelsMax, 0, i);
  nameBytes = <u32>cell(columns, labelsMax, 1, i);
  value = cell(columns, labelsMax, 2, i);
  valueBytes = <u32>cell(columns, labelsMax, 3, i);
}

// @ts-ignore: decorator
@inline
function cell(columns: usize, labelsMax: u32, column: u32, i: u32): usize {
  return load<u32>(cellAddress(columns, labelsMax, column, i));
}

// @ts-ignore: decorator
@inline
function cellAddress(columns: usize, labelsMax: u32, column: u32, i: u32): usize {
  return columns + ((<usize>column * <usize>labelsMax + <usize>i) << 2);
}

function varintBytes(length: u32): u32 {
  return (38 - clz<u32>(length | 1)) / 7;
}

/** Varint length, then the bytes; returns the place after them. */
function writeText(o: usize, text: usize, bytes: u32): usize {
  let rest = bytes;
  for (; rest >= 128; rest >>= 7) store<u8>(o++, <u8>(rest | 128));
  store<u8>(o++, <u8>rest);
  copyBytes(o, text, bytes);
  return o + bytes;
}
