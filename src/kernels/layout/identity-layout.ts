/**
 * The raw identity table in linear memory: byte offsets of its header, records and slots, read by
 * the wasm kernel and by its twin (plain integer constants only, see `kernel-codes.ts`).
 *
 *   header | slots (grow in place up to slotsMax) | arena -> ... <- records
 *
 * The arena of label bytes grows up and the records grow down until they meet.
 */
/** Header, u32 unless said. */
export const IDENTITY_SLOTS = 0;
export const IDENTITY_SLOT_COUNT = 4;
export const IDENTITY_SLOTS_MAX = 8;
export const IDENTITY_ARENA_START = 12;
export const IDENTITY_ARENA_NEXT = 16;
export const IDENTITY_RECORDS_END = 20;
export const IDENTITY_COUNT = 24;
export const IDENTITY_EPOCH = 28;
export const IDENTITY_SEED_LOW = 32;
export const IDENTITY_SEED_HIGH = 36;
/** Keeps the reads that warm the cache from being optimised away; holds no meaning. */
export const IDENTITY_TOUCHED = 40;
/** Counters as f64: rows found by lookup, not found, and predicted. */
export const IDENTITY_HITS = 48;
export const IDENTITY_MISSES = 56;
export const IDENTITY_PREDICTED = 64;
/** Working columns of one lookup batch: row u32, slot u32, hash u64. */
export const IDENTITY_BATCH_ROWS = 128;
export const IDENTITY_BATCH_SLOTS = 384;
export const IDENTITY_BATCH_HASHES = 640;
export const IDENTITY_HEADER_BYTES = 1152;

/** Rows per staged batch: their label bytes (some 16 KiB) stay in the first-level cache. */
export const IDENTITY_BATCH = 64;

/** Record of id `i`: at `IDENTITY_RECORDS_END - (i + 1) * RECORD_BYTES`. */
export const RECORD_ARENA = 0;
export const RECORD_LENGTH = 4;
export const RECORD_SUCCESSOR = 8;
export const RECORD_SCOPE = 12;
export const RECORD_HASH_LOW = 16;
export const RECORD_HASH_HIGH = 20;
/** Two words that belong to the owner of the table, e.g. a shard and a series ref. */
export const RECORD_OWNER = 24;
export const RECORD_BYTES = 32;

/** Slot: high word of the hash, then id + 1 (0 = empty). */
export const SLOT_TAG = 0;
export const SLOT_ID = 4;
export const SLOT_BYTES = 8;

/** Slots of an empty table; a power of two. */
export const IDENTITY_SLOTS_MIN = 256;
/** At most one part in this many of the region holds slots. */
export const IDENTITY_SLOTS_SHARE = 8;
/** No id: a row whose bytes are not in the table. All bits set, a literal both languages read. */
export const IDENTITY_UNKNOWN = 0xffffffff;

/** Smallest region that `identityInit` accepts. */
export const IDENTITY_REGION_BYTES_MIN = 32768;
/** Label bytes are stored at multiples of this, so compares start on a vector boundary. */
export const IDENTITY_ALIGNMENT = 16;
