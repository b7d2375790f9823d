/**
 * Raw label bytes (protobuf label fields of one series) to columns, and to canonical bytes: the
 * twin of `wasm/labels.ts`. Labels with an empty value mean "absent" and are dropped before any
 * rule is applied; then each label is judged alone, and last the set.
 */
import { isUtf8 } from "#base/bytes/utf8.ts";
import { varintBytes, writeVarint } from "#base/bytes/varint.ts";
import type { KernelViews } from "./kernel-memory.ts";
import {
  CANONICAL_COLUMNS,
  CANONICAL_COLUMNS_COUNT,
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
  LABEL_COLUMNS_COUNT,
} from "./layout/canonical-layout.ts";
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
} from "./layout/kernel-codes.ts";
import { ProtoField } from "./proto-field.ts";

const METRIC_NAME = new TextEncoder().encode("__name__");

/** One label: name offset, name bytes, value offset, value bytes, start and end of its field. */
type RawLabel = readonly [number, number, number, number, number, number];

/** A malformed label field: the code, and where. */
interface LabelFault {
  readonly code: number;
  readonly at: number;
}

/** Fills the four label columns in the order given; see `KernelCalls.walkLabels`. */
export function walkLabels(
  views: KernelViews,
  source: number,
  bytes: number,
  columns: number,
  labelsMax: number,
  fault: number,
): number {
  const { u8, u32 } = views;
  let count = 0;
  for (let p = source; p < source + bytes;) {
    const label =
      count === labelsMax ? { code: LABELS_FULL, at: p } : readLabel(u8, p, source + bytes);
    if ("code" in label) {
      u32[fault >>> 2] = label.at - source;
      return label.code;
    }
    for (let column = 0; column < LABEL_COLUMNS_COUNT; column++) {
      u32[(columns >>> 2) + column * labelsMax + count] = label[column]!;
    }
    count++;
    p = label[5];
  }
  return count;
}

/** Returns 0, or a negative code with the fault fields of the frame set. */
export function canonicaliseLabels(views: KernelViews, frame: number): number {
  const { u8, u32 } = views;
  const source = u32[(frame + CANONICAL_SOURCE) >>> 2]!;
  const end = source + u32[(frame + CANONICAL_SOURCE_BYTES) >>> 2]!;
  const labelsMax = u32[(frame + CANONICAL_LABELS_MAX) >>> 2]!;
  const labels: RawLabel[] = [];
  for (let p = source; p < end;) {
    const label = readLabel(u8, p, end);
    if ("code" in label) return refuse(u32, frame, label.code, label.at, undefined);
    if (label[3] !== 0) {
      const code = labels.length === labelsMax ? LABEL_TOO_MANY : judgeLabel(views, frame, label);
      if (code !== 0) return refuse(u32, frame, code, p, label);
      labels.push(label);
    }
    p = label[5];
  }
  labels.sort((a, b) => compareBytes(u8, a[0], a[1], b[0], b[1]));
  for (let i = 1; i < labels.length; i++) {
    const [a, b] = [labels[i - 1]!, labels[i]!];
    if (compareBytes(u8, a[0], a[1], b[0], b[1]) === 0) {
      return refuse(u32, frame, LABEL_DUPLICATE, b[4], b);
    }
  }
  return writeCanonical(views, frame, labels);
}

function writeCanonical(views: KernelViews, frame: number, labels: readonly RawLabel[]): number {
  const { u8, u32 } = views;
  const target = u32[(frame + CANONICAL_TARGET) >>> 2]!;
  const end = target + u32[(frame + CANONICAL_TARGET_BYTES) >>> 2]!;
  const columns = u32[(frame + CANONICAL_COLUMNS) >>> 2]!;
  const labelsMax = u32[(frame + CANONICAL_LABELS_MAX) >>> 2]!;
  let flags = (labels.length === 0 ? CANONICAL_NO_LABELS : 0) | CANONICAL_NO_METRIC_NAME;
  let o = target;
  for (const [i, label] of labels.entries()) {
    const [name, nameBytes, value, valueBytes, field] = label;
    const need = varintBytes(nameBytes) + nameBytes + varintBytes(valueBytes) + valueBytes;
    if (need > end - o) return refuse(u32, frame, LABEL_TARGET_FULL, field, label);
    if (isMetricName(u8, name, nameBytes)) flags &= ~CANONICAL_NO_METRIC_NAME;
    o = writeText(u8, o, name, nameBytes);
    o = writeText(u8, o, value, valueBytes);
    for (let column = 0; column < CANONICAL_COLUMNS_COUNT; column++) {
      u32[(columns >>> 2) + column * labelsMax + i] = label[column]!;
    }
  }
  u32[(frame + CANONICAL_WRITTEN) >>> 2] = o - target;
  u32[(frame + CANONICAL_LABEL_COUNT) >>> 2] = labels.length;
  u32[(frame + CANONICAL_FLAGS) >>> 2] = flags;
  return 0;
}

/** Reads the label field at `p`: absent parts have length 0, a part given twice counts last. */
function readLabel(u8: Uint8Array, p: number, end: number): RawLabel | LabelFault {
  const field = new ProtoField();
  const code = field.read(u8, p, end);
  if (code !== 0) return { code, at: p };
  if (field.number !== 1 || field.wire !== 2) return { code: LABEL_STRAY_FIELD, at: p };
  const [body, labelEnd] = [field.body, field.end];
  let [name, nameBytes, value, valueBytes] = [body, 0, body, 0];
  for (let q = body; q < labelEnd; q = field.end) {
    const inner = field.read(u8, q, labelEnd);
    if (inner !== 0) return { code: inner, at: q };
    if (field.number > 2) continue;
    if (field.wire !== 2) return { code: PROTO_FIELD_TYPE, at: q };
    if (field.number === 1) [name, nameBytes] = [field.body, field.end - field.body];
    else [value, valueBytes] = [field.body, field.end - field.body];
  }
  return [name, nameBytes, value, valueBytes, p, labelEnd];
}

/** The rules that concern one label alone. */
function judgeLabel(views: KernelViews, frame: number, label: RawLabel): number {
  const { u8, u32 } = views;
  const [name, nameBytes, value, valueBytes] = label;
  if (nameBytes === 0) return LABEL_NAME_EMPTY;
  if (nameBytes > u32[(frame + CANONICAL_NAME_BYTES_MAX) >>> 2]!) return LABEL_NAME_TOO_LONG;
  if (valueBytes > u32[(frame + CANONICAL_VALUE_BYTES_MAX) >>> 2]!) return LABEL_VALUE_TOO_LONG;
  if (!isUtf8(u8, name, name + nameBytes)) return LABEL_NAME_UTF8;
  return isUtf8(u8, value, value + valueBytes) ? 0 : LABEL_VALUE_UTF8;
}

/** Notes the fault; without a label (malformed bytes) its name and value are of no meaning. */
function refuse(
  u32: Uint32Array,
  frame: number,
  code: number,
  at: number,
  label: RawLabel | undefined,
): number {
  u32[(frame + CANONICAL_FAULT_OFFSET) >>> 2] = at - u32[(frame + CANONICAL_SOURCE) >>> 2]!;
  u32[(frame + CANONICAL_FAULT_NAME) >>> 2] = label?.[0] ?? 0;
  u32[(frame + CANONICAL_FAULT_NAME_BYTES) >>> 2] = label?.[1] ?? 0;
  u32[(frame + CANONICAL_FAULT_VALUE) >>> 2] = label?.[2] ?? 0;
  u32[(frame + CANONICAL_FAULT_VALUE_BYTES) >>> 2] = label?.[3] ?? 0;
  return code;
}

function compareBytes(
  u8: Uint8Array,
  a: number,
  aBytes: number,
  b: number,
  bBytes: number,
): number {
  for (let i = 0; i < aBytes && i < bBytes; i++) {
    const order = u8[a + i]! - u8[b + i]!;
    if (order !== 0) return order;
  }
  return aBytes - bBytes;
}

function isMetricName(u8: Uint8Array, name: number, bytes: number): boolean {
  return bytes === METRIC_NAME.length && METRIC_NAME.every((byte, i) => u8[name + i] === byte);
}

/** Varint length, then the bytes; returns the place after them. */
function writeText(u8: Uint8Array, o: number, text: number, bytes: number): number {
  const at = writeVarint(u8, o, bytes);
  u8.copyWithin(at, text, text + bytes);
  return at + bytes;
}
