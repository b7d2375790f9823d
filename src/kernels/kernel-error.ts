/**
 * What the negative codes of the kernels mean: `WalkError` for protobuf bodies and labels,
 * `SnappyError` for compressed blocks. Texts are for the client that sent the bytes and complete a
 * sentence such as "cannot read the write request: ... at byte 17".
 */
import { assert } from "#base/assert.ts";
import {
  EXPAND_FULL,
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
  PROTO_FIELD_NUMBER,
  PROTO_FIELD_TYPE,
  PROTO_GROUP,
  PROTO_TRUNCATED,
  PROTO_VARINT,
  PROTO_WIRE_TYPE,
  SNAPPY_COPY_OFFSET,
  SNAPPY_COPY_OVERRUN,
  SNAPPY_HEADER,
  SNAPPY_LITERAL_CUT,
  SNAPPY_LITERAL_OVERRUN,
  SNAPPY_SHORT,
  SNAPPY_TAG_CUT,
  SNAPPY_TOO_LARGE,
  SYMBOLS_FULL,
  SYMBOL_MISSING,
  SYMBOL_UNPAIRED,
  WALK_FIELDS_FULL,
  WALK_RANGES_FULL,
  WALK_ROWS_FULL,
  WALK_SAMPLES_FULL,
  WALK_SCRATCH_FULL,
} from "./layout/kernel-codes.ts";

export type KernelErrorKind =
  /** The bytes are not what they claim to be: the sender's fault, for good. */
  | "malformed"
  /** Well formed, but more than the columns set aside for it can hold. */
  | "full"
  /** Well formed, but against the rules for labels. */
  | "label";

export interface KernelError {
  readonly code: number;
  /** Stable, for metrics: `proto-truncated`. */
  readonly name: string;
  readonly kind: KernelErrorKind;
  readonly text: string;
}

const entry = (
  code: number,
  name: string,
  kind: KernelErrorKind,
  text: string,
): readonly [number, KernelError] => [code, { code, name, kind, text }];

/** Codes of `expandRequest`, `walkWriteRequest`, `walkLabels` and `canonicaliseLabels`. */
export const WalkError: ReadonlyMap<number, KernelError> = new Map([
  entry(PROTO_TRUNCATED, "proto-truncated", "malformed", "a field ends after its message"),
  entry(PROTO_VARINT, "proto-varint", "malformed", "a varint has more than 64 bits"),
  entry(PROTO_FIELD_NUMBER, "proto-field-number", "malformed", "a field number is out of range"),
  entry(PROTO_GROUP, "proto-group", "malformed", "groups are not supported"),
  entry(PROTO_WIRE_TYPE, "proto-wire-type", "malformed", "a wire type is unknown"),
  entry(PROTO_FIELD_TYPE, "proto-field-type", "malformed", "a field has the wrong wire type"),
  entry(WALK_ROWS_FULL, "walk-rows-full", "full", "too many time series"),
  entry(WALK_SAMPLES_FULL, "walk-samples-full", "full", "too many samples"),
  entry(WALK_RANGES_FULL, "walk-ranges-full", "full", "too many exemplars, histograms or metadata"),
  entry(WALK_SCRATCH_FULL, "walk-scratch-full", "full", "too many scattered labels"),
  entry(LABELS_FULL, "labels-full", "full", "too many labels"),
  entry(LABEL_STRAY_FIELD, "label-stray-field", "malformed", "a field among labels is no label"),
  entry(LABEL_NAME_EMPTY, "label-name-empty", "label", "a label name is empty"),
  entry(LABEL_NAME_TOO_LONG, "label-name-too-long", "label", "a label name is too long"),
  entry(LABEL_VALUE_TOO_LONG, "label-value-too-long", "label", "a label value is too long"),
  entry(LABEL_NAME_UTF8, "label-name-utf8", "label", "a label name is not valid UTF-8"),
  entry(LABEL_VALUE_UTF8, "label-value-utf8", "label", "a label value is not valid UTF-8"),
  entry(LABEL_TOO_MANY, "label-too-many", "label", "the series has too many labels"),
  entry(LABEL_DUPLICATE, "label-duplicate", "label", "a label name is given twice"),
  entry(LABEL_TARGET_FULL, "label-target-full", "full", "the labels are too long together"),
  entry(WALK_FIELDS_FULL, "walk-fields-full", "full", "too many fields besides labels and samples"),
  entry(SYMBOLS_FULL, "symbols-full", "full", "too many symbols"),
  entry(SYMBOL_MISSING, "symbol-missing", "malformed", "a reference is past the symbols table"),
  entry(SYMBOL_UNPAIRED, "symbol-unpaired", "malformed", "label references are not in pairs"),
  entry(EXPAND_FULL, "expand-full", "full", "with its symbols written out the request is too long"),
]);

/** Codes of `snappyDecode`. */
export const SnappyError: ReadonlyMap<number, KernelError> = new Map([
  entry(SNAPPY_HEADER, "snappy-header", "malformed", "the snappy length header is broken"),
  entry(SNAPPY_TOO_LARGE, "snappy-too-large", "full", "the announced size is over the limit"),
  entry(SNAPPY_TAG_CUT, "snappy-tag-cut", "malformed", "the block ends inside an element's head"),
  entry(SNAPPY_LITERAL_CUT, "snappy-literal-cut", "malformed", "the block ends inside a literal"),
  entry(
    SNAPPY_LITERAL_OVERRUN,
    "snappy-literal-overrun",
    "malformed",
    "a literal runs past the announced size",
  ),
  entry(
    SNAPPY_COPY_OFFSET,
    "snappy-copy-offset",
    "malformed",
    "a copy starts before the output or at its own place",
  ),
  entry(
    SNAPPY_COPY_OVERRUN,
    "snappy-copy-overrun",
    "malformed",
    "a copy runs past the announced size",
  ),
  entry(SNAPPY_SHORT, "snappy-short", "malformed", "the block holds less than it announced"),
]);

/** The entry of any kernel code. */
export function kernelErrorOf(code: number): KernelError {
  const error = WalkError.get(code) ?? SnappyError.get(code);
  assert(error !== undefined, () => `kernel code: got ${code}, want one of the tables`);
  return error;
}

/** The text of any kernel code. */
export function describeKernelCode(code: number): string {
  return kernelErrorOf(code).text;
}
