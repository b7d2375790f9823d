/**
 * The frame of `routeRows` and `packRows` and what they fill: byte offsets of u32 fields in linear
 * memory, read by the wasm kernels and by their twins (plain integer constants only, see
 * `kernel-codes.ts`).
 */
/** Rows and samples of a walk, as `walk-layout.ts` lays them out. */
export const ROUTE_IDS = 0;
export const ROUTE_SAMPLE_STARTS = 4;
export const ROUTE_TIMES = 8;
export const ROUTE_VALUES = 12;
/** Identity table whose records name shard and ref. */
export const ROUTE_TABLE = 16;

/** Cursor, read and written: the row, samples of it already routed, samples the slice may take. */
export const ROUTE_ROW = 20;
export const ROUTE_ROW_SAMPLE = 24;
export const ROUTE_BUDGET = 28;
export const ROUTE_ROW_END = 32;

/** Columns of shard `s` begin at `ROUTE_COLUMNS + s * stride`; each column holds `CAPACITY`. */
export const ROUTE_COLUMNS = 36;
export const ROUTE_STRIDE = 40;
export const ROUTE_CAPACITY = 44;
/** u32 list of the shards with samples in this slice, and its length (read and written). */
export const ROUTE_TOUCHED = 48;
export const ROUTE_TOUCHED_COUNT = 52;

/** u32 per shard: the log that it writes to, and the generation of the refs that are known. */
export const ROUTE_LOGS = 56;
export const ROUTE_GENERATIONS = 60;
/** The pack of log `l` begins at `ROUTE_PACKS + l * stride`. */
export const ROUTE_PACKS = 64;
export const ROUTE_PACK_STRIDE = 68;

export const ROUTE_FRAME_BYTES = 80;

/** Shard columns: u32 count, then u32 series, f64 times, u64 value bits, each `CAPACITY` long. */
export const ROUTE_COUNT = 0;
export const ROUTE_SERIES = 8;

/** Pack: u32 bytes behind these 8, u32 0, then one packed batch per shard. */
export const PACK_BYTES = 0;
export const PACK_HEADER_BYTES = 8;
/**
 * Packed batch: u32 shard, generation, count and 0, then f64 times, u64 value bits and u32 refs, each
 * `count` long, the last padded to 8 bytes with whatever is there.
 */
export const PACKED_SHARD = 0;
export const PACKED_GENERATION = 4;
export const PACKED_COUNT = 8;
export const PACKED_HEADER_BYTES = 16;

/** First owner word of an identity: state in the upper half, shard in the lower; second: ref. */
export const OWNER_STATE_SHIFT = 16;
export const OWNER_SHARD_MASK = 65_535;
/** Nothing known yet: the state of a new record. */
export const OWNER_UNPLACED = 0;
/** The shard is known, a ref is not. */
export const OWNER_PLACED = 1;
/** Shard and ref are known: the only state that `routeRows` routes. */
export const OWNER_KNOWN = 2;
/** The labels are not acceptable. */
export const OWNER_INVALID = 3;

/** Results: the slice is done (rows or budget at their end), or the row at the cursor needs care. */
export const ROUTE_DONE = 0;
export const ROUTE_STOPPED = 1;
