/**
 * Return codes of the kernels: negative, and the same number in wasm and in the twins. This file is
 * compiled by both TypeScript and AssemblyScript, so it holds plain integer constants only.
 * `kernel-error.ts` gives each a name and a text.
 */
/** Protobuf structure. */
export const PROTO_TRUNCATED = -1;
export const PROTO_VARINT = -2;
export const PROTO_FIELD_NUMBER = -3;
export const PROTO_GROUP = -4;
export const PROTO_WIRE_TYPE = -5;
export const PROTO_FIELD_TYPE = -6;

/** Room that the caller set aside. */
export const WALK_ROWS_FULL = -7;
export const WALK_SAMPLES_FULL = -8;
export const WALK_RANGES_FULL = -9;
export const WALK_SCRATCH_FULL = -10;
export const LABELS_FULL = -11;

/** Rules for labels. */
export const LABEL_STRAY_FIELD = -12;
export const LABEL_NAME_EMPTY = -13;
export const LABEL_NAME_TOO_LONG = -14;
export const LABEL_VALUE_TOO_LONG = -15;
export const LABEL_NAME_UTF8 = -16;
export const LABEL_VALUE_UTF8 = -17;
export const LABEL_TOO_MANY = -18;
export const LABEL_DUPLICATE = -19;
export const LABEL_TARGET_FULL = -20;

/** Room again: more fields of kinds that cost much and mean nothing. */
export const WALK_FIELDS_FULL = -21;

/** Symbols of remote write 2.0. */
export const SYMBOLS_FULL = -22;
export const SYMBOL_MISSING = -23;
export const SYMBOL_UNPAIRED = -24;
export const EXPAND_FULL = -25;

/** Snappy block format. */
export const SNAPPY_HEADER = -32;
export const SNAPPY_TOO_LARGE = -33;
export const SNAPPY_TAG_CUT = -34;
export const SNAPPY_LITERAL_CUT = -35;
export const SNAPPY_LITERAL_OVERRUN = -36;
export const SNAPPY_COPY_OFFSET = -37;
export const SNAPPY_COPY_OVERRUN = -38;
export const SNAPPY_SHORT = -39;
