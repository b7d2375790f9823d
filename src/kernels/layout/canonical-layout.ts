/**
 * The frame of `canonicaliseLabels`: byte offsets of u32 fields in linear memory, read by the wasm
 * kernel and by its twin (plain integer constants only, see `kernel-codes.ts`).
 */
/** Raw label bytes, and room for the canonical form (never longer than the raw one). */
export const CANONICAL_SOURCE = 0;
export const CANONICAL_SOURCE_BYTES = 4;
export const CANONICAL_TARGET = 8;
export const CANONICAL_TARGET_BYTES = 12;

/** Scratch of `CANONICAL_COLUMNS_COUNT` u32 columns of `CANONICAL_LABELS_MAX` entries. */
export const CANONICAL_COLUMNS = 16;

/** Limits. */
export const CANONICAL_LABELS_MAX = 20;
export const CANONICAL_NAME_BYTES_MAX = 24;
export const CANONICAL_VALUE_BYTES_MAX = 28;

/** Results. The offset is relative to the source; the name and value are the offending label's. */
export const CANONICAL_WRITTEN = 32;
export const CANONICAL_LABEL_COUNT = 36;
export const CANONICAL_FLAGS = 40;
export const CANONICAL_FAULT_OFFSET = 44;
export const CANONICAL_FAULT_NAME = 48;
export const CANONICAL_FAULT_NAME_BYTES = 52;
export const CANONICAL_FAULT_VALUE = 56;
export const CANONICAL_FAULT_VALUE_BYTES = 60;

export const CANONICAL_FRAME_BYTES = 64;

/**
 * Columns, in this order: name offset, name bytes, value offset, value bytes (absolute addresses;
 * after success in canonical order), and the start of the label field. `walkLabels` fills the first
 * four.
 */
export const LABEL_COLUMNS_COUNT = 4;
export const CANONICAL_COLUMNS_COUNT = 5;

/** Flags of a label set that is well formed yet may be refused by the caller. */
export const CANONICAL_NO_LABELS = 1;
export const CANONICAL_NO_METRIC_NAME = 2;
