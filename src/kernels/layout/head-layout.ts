/**
 * Memory of a shard head, read by the wasm kernel and by the TypeScript that walks it (plain
 * integer constants only, see `kernel-codes.ts`). Addresses are u32, 0 = none. The directory of
 * record pages starts at address 0, the heap follows it. Not a file format.
 */
/** Directory: u32 address of each page of series records. A ref is page number · record number. */
export const HEAD_PAGE_BITS = 10;
/** 4,194,304 series per shard: 64 shards of a node then hold 268 million. */
export const HEAD_PAGES_MAX = 4096;
export const HEAD_HEAP_BASE = 16_384;

/** Series record; what the append path touches fills its first half. */
export const SERIES_BYTES = 64;
/** f64 and u64: newest sample; -Infinity while there is none. */
export const SERIES_LAST_TIMESTAMP = 0;
export const SERIES_LAST_BITS = 8;
export const SERIES_FIRST_CHUNK = 16;
export const SERIES_LAST_CHUNK = 20;
export const SERIES_SAMPLE_COUNT = 24;
/** Mark of the view that was the newest when the series was last journaled. */
export const SERIES_VIEW_MARK = 28;
/** u64 each. */
export const SERIES_FINGERPRINT = 32;
export const SERIES_PLACEMENT = 40;
/** Canonical label bytes: address and length. */
export const SERIES_LABELS = 48;
export const SERIES_LABEL_BYTES = 52;
export const SERIES_TENANT = 56;
export const SERIES_FLAGS = 60;

/** Some sample of the series is older than one stored before it. */
export const SERIES_OUT_OF_ORDER = 1;

/** Chunk of samples in order of arrival, linked both ways. */
export const CHUNK_NEXT = 0;
export const CHUNK_PREVIOUS = 4;
export const CHUNK_COUNT = 8;
export const CHUNK_CAPACITY = 12;
/** f64: least and greatest timestamp inside. */
export const CHUNK_MIN = 16;
export const CHUNK_MAX = 24;
export const CHUNK_HEADER_BYTES = 32;

/** Sample: timestamp f64, value bits u64. */
export const SAMPLE_BYTES = 16;

/** Chunk sizes: small first ones, so a series with few samples stays small. */
export const CHUNK_CAPACITY_FIRST = 4;
export const CHUNK_CAPACITY_SECOND = 16;
export const CHUNK_CAPACITY_LATER = 64;

/** Journal entry: u32 ref, u32 samples before the first write. */
export const JOURNAL_ENTRY_BYTES = 8;
