/**
 * The raw identity table in linear memory: byte offsets of its header, records and pieces, read by
 * the wasm kernel and by its twin (plain integer constants only, see `kernel-codes.ts`).
 *
 *   header | heads of records | heads of pieces | arena -> ... <- records
 *
 * The arena grows up and the records grow down until they meet. It holds pieces, which are labels as
 * sent, each once, and for every record the list of the pieces that are its bytes.
 */
/** Header, u32 unless said. Chains of records: first ids + 1, how many chains, how many at most. */
export const IDENTITY_HEADS = 0;
export const IDENTITY_HEAD_COUNT = 4;
export const IDENTITY_HEADS_MAX = 8;
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
/** Chains of pieces: addresses of the first ones; then how many pieces there are. */
export const IDENTITY_PIECE_HEADS = 72;
export const IDENTITY_PIECE_HEAD_COUNT = 76;
export const IDENTITY_PIECE_HEADS_MAX = 80;
export const IDENTITY_PIECES = 84;
/** Working columns of one lookup batch: row u32, candidate u32, hash u32. */
export const IDENTITY_BATCH_ROWS = 128;
export const IDENTITY_BATCH_CANDIDATES = 384;
export const IDENTITY_BATCH_HASHES = 640;
export const IDENTITY_HEADER_BYTES = 896;

/** Rows per staged batch: their label bytes (some 16 KiB) stay in the first-level cache. */
export const IDENTITY_BATCH = 64;

/** Record of id `i`: at `IDENTITY_RECORDS_END - (i + 1) * RECORD_BYTES`. */
export const RECORD_LIST = 0;
export const RECORD_LENGTH = 4;
export const RECORD_SUCCESSOR = 8;
export const RECORD_SCOPE = 12;
export const RECORD_HASH = 16;
/** The next id + 1 of its chain, or 0. */
export const RECORD_NEXT = 20;
/** Two words that belong to the owner of the table, e.g. a shard and a series ref. */
export const RECORD_OWNER = 24;
export const RECORD_BYTES = 32;

/** Piece: address of the next one of its chain or 0, hash, length, then the bytes themselves. */
export const PIECE_NEXT = 0;
export const PIECE_HASH = 4;
export const PIECE_LENGTH = 8;
export const PIECE_TEXT = 12;
/** Lists and pieces begin at multiples of this; a list has one address per piece. */
export const PIECE_ALIGNMENT = 4;
export const LIST_ENTRY_BYTES = 4;
/** The first byte of a label field, and how many more its length has at most in a piece. */
export const PIECE_TAG = 10;
export const PIECE_LENGTH_BYTES_MAX = 2;

/** A head is a u32; chains are split one at a time, so growing holds nobody up. */
export const HEAD_BYTES = 4;
export const IDENTITY_HEADS_MIN = 64;
/** More chains than records, so that a chain seldom has two of them. */
export const IDENTITY_HEADS_PER_RECORD = 2;
/** The heads of each kind take one part in this many of the region at most. */
export const IDENTITY_HEADS_SHARE = 12;
export const IDENTITY_PIECE_HEADS_SHARE = 32;
/** No id: a row whose bytes are not in the table. All bits set, a literal both languages read. */
export const IDENTITY_UNKNOWN = 0xffffffff;

/** Smallest region that `identityInit` accepts. */
export const IDENTITY_REGION_BYTES_MIN = 32768;
/** The records end at a multiple of this. */
export const IDENTITY_ALIGNMENT = 16;
