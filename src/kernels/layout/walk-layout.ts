/**
 * The frame of `walkWriteRequest`: byte offsets of u32 fields in linear memory, read by the wasm
 * kernel and by its twin (plain integer constants only, see `kernel-codes.ts`). All pointers are
 * absolute addresses in the same memory.
 */
/** What to read. */
export const WALK_SOURCE = 0;
export const WALK_SOURCE_BYTES = 4;

/** Scratch for label fields that are not contiguous; `WALK_SOURCE_BYTES` bytes always suffice. */
export const WALK_SCRATCH = 8;
export const WALK_SCRATCH_BYTES = 12;

/** Capacities of the columns below. */
export const WALK_ROWS_MAX = 16;
export const WALK_SAMPLES_MAX = 20;
export const WALK_RANGES_MAX = 24;

/**
 * Row columns, u32 each: one row per time series. The sample starts have one entry more than there
 * are rows: row `i` owns the samples from entry `i` up to entry `i + 1`.
 */
export const WALK_LABELS_OFFSET = 28;
export const WALK_LABELS_BYTES = 32;
export const WALK_SAMPLE_STARTS = 36;
export const WALK_IDS = 40;

/** Sample columns: f64 milliseconds, and the 64 bits of the value untouched. */
export const WALK_TIMES = 44;
export const WALK_VALUES = 48;

/** Ranges: four u32 each (`RANGE_*` below), in the order met. */
export const WALK_RANGES = 52;

/** Raw identity table to predict from, or 0; the scope of the rows; the id before the first. */
export const WALK_TABLE = 56;
export const WALK_SCOPE = 60;
export const WALK_PREVIOUS_ID = 64;

/** Results. `WALK_FAULT_OFFSET` is relative to the source and set with every negative code. */
export const WALK_ROW_TOTAL = 68;
export const WALK_SAMPLE_TOTAL = 72;
export const WALK_RANGE_TOTAL = 76;
export const WALK_SCRATCH_USED = 80;
export const WALK_PREDICTED = 84;
export const WALK_FAULT_OFFSET = 88;

/** State of the kernel between fields; of no meaning to callers. */
export const WALK_CURSOR = 92;
export const WALK_RUN_START = 96;
export const WALK_RUN_BYTES = 100;
export const WALK_RUN_END = 104;
export const WALK_NEXT_ID = 108;
export const WALK_MISS_RUN = 112;

/**
 * How many odd fields are read, and how many were: fields that nobody knows, metadata, a sample's
 * fields beyond two, and labels that are not plain (tag 0a, then one length byte of at least
 * `PLAIN_LABEL_BYTES_MIN`). Each costs about as much as a whole usual sample, so they are bounded.
 * The labels of a predicted row are not looked at and not counted.
 */
export const WALK_FIELDS_MAX = 116;
export const WALK_FIELD_TOTAL = 120;
/** A name and a value of one byte each. */
export const PLAIN_LABEL_BYTES_MIN = 6;
export const SAMPLE_FIELDS_PLAIN = 2;

/** A result too: all rows from this one on were predicted, so their ids and order are known. */
export const WALK_UNPREDICTED_END = 124;

export const WALK_FRAME_BYTES = 128;

/** A range: what it is, the row it belongs to (-1 for metadata), where its message body lies. */
export const RANGE_KIND = 0;
export const RANGE_ROW = 4;
export const RANGE_OFFSET = 8;
export const RANGE_LENGTH = 12;
export const RANGE_BYTES = 16;

export const RANGE_METADATA = 1;
export const RANGE_EXEMPLAR = 2;
export const RANGE_HISTOGRAM = 3;

/**
 * After this many rows in a row that were not predicted, only every `WALK_PROBE_EVERY`th row is
 * looked up inside the walk: a sender without a stable order is served faster by the staged lookup.
 */
export const WALK_MISSES_INLINE = 8;
export const WALK_PROBE_EVERY = 16;
