/**
 * The frame of `expandRequest`: byte offsets of u32 fields in linear memory, read by the wasm kernel
 * and by its twin. All pointers are absolute addresses in the same memory.
 */
/** A remote write 2.0 message, and where the same as a 1.0 message goes. */
export const EXPAND_SOURCE = 0;
export const EXPAND_SOURCE_BYTES = 4;
export const EXPAND_TARGET = 8;
export const EXPAND_TARGET_BYTES = 12;

/** Records of the symbols table (`SYMBOL_*` below), and how many there is room for. */
export const EXPAND_SYMBOLS = 16;
export const EXPAND_SYMBOLS_MAX = 20;

/**
 * How many odd fields are read, and how many were: fields that bring next to nothing to the target,
 * so that its size does not bound them. Unknown fields, histograms, metadata, empty
 * series, and a sample's fields beyond three.
 */
export const EXPAND_FIELDS_MAX = 24;
export const EXPAND_FIELD_TOTAL = 28;
export const EXPAND_SAMPLE_FIELDS_PLAIN = 3;

/** Results. The fault offset is relative to the source and set with every negative code. */
export const EXPAND_WRITTEN = 32;
export const EXPAND_SYMBOL_TOTAL = 36;
/**
 * Series without a sample, histogram, exemplar or metadata: left out. The specification forbids
 * series without samples altogether, but stock Prometheus sends exemplars alone.
 */
export const EXPAND_EMPTY_TOTAL = 40;
export const EXPAND_FAULT_OFFSET = 44;

export const EXPAND_FRAME_BYTES = 48;

/**
 * A symbol: where its bytes lie, and the metadata that was written last for the metric of this name
 * (type + 1, or 0 for none; help and unit as symbols), so that it is written once, not per series.
 */
export const SYMBOL_OFFSET = 0;
export const SYMBOL_LENGTH = 4;
export const SYMBOL_TYPE = 8;
export const SYMBOL_HELP = 12;
export const SYMBOL_UNIT = 16;
export const SYMBOL_BYTES = 20;

/** Numbers of the metric types that matter here; others only pass. */
export const TYPE_HISTOGRAM = 3;
export const TYPE_GAUGE_HISTOGRAM = 4;
export const TYPE_SUMMARY = 5;
export const TYPE_MAX = 7;
