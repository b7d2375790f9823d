/**
 * Memory of a shard head, read by the wasm kernel and by the TypeScript that walks it (plain
 * integer constants only, see `kernel-codes.ts`). Addresses are u32, 0 = none. Fixed places come
 * first, the heap follows them. Not a file format.
 */
/** The heap is cut into pages; what is small shares one. */
export const HEAD_PAGE_BYTES = 16_384;
/** Larger things come in powers of two, those above a page from the end of the heap. */
export const HEAD_SMALL_BYTES_MAX = 1024;

// Fixed places.
/** Chain state while a chunk is read, then room for a miniblock being made. */
export const HEAD_CHAIN = 64;
export const HEAD_SEAL_TIMESTAMPS = 128;
export const HEAD_SEAL_BYTES = 256;
export const HEAD_SEAL_SCRATCH = 768;
/** u32 heads of the lists of free small things, by size / 8; then those of 2, 4 and 8 KiB. */
export const HEAD_FREE_SMALL = 1280;
export const HEAD_FREE_LARGE = 1808;
/** Where each generation allocates: {newest page, next address, end of the page, 0} u32. */
export const HEAD_ARENAS = 1856;
export const HEAD_ARENA_BYTES = 16;
/** Generations in memory at a time; a power of two. */
export const HEAD_ARENAS_MAX = 64;
/** Records of the samples at hand. */
export const HEAD_BATCH_RECORDS = 2880;
export const HEAD_BATCH_SAMPLES = 128;
/** The chunk read last: columns, and its bytes when they lie in several segments. */
export const HEAD_READ_TIMESTAMPS = 4096;
export const HEAD_READ_VALUES = 12_288;
export const HEAD_READ_BYTES = 20_480;
export const HEAD_HEAP_BASE = 40_960;

/** A ref is the number of a map page and of an entry in it, which is the address of a record. */
export const MAP_PAGE_BITS = 8;
/** Directory entry of a map page: its address, and how many of its series live. */
export const MAP_ENTRY_BYTES = 8;

/** Series record: one cache line. */
export const SERIES_BYTES = 64;
/** f64 and u64: newest sample; -Infinity while there is none. */
export const SERIES_LAST_TIMESTAMP = 0;
export const SERIES_LAST_BITS = 8;
/** Newest chunk, and the generation it belongs to. */
export const SERIES_CHUNK = 16;
export const SERIES_CHUNK_GENERATION = 20;
/** Samples stored in order of time since the series was created, those that left included. */
export const SERIES_SAMPLE_COUNT = 24;
/** Mark of the view that was the newest when the series was last journaled. */
export const SERIES_VIEW_MARK = 28;
/** Staging area: values, 64 bits each. */
export const SERIES_STAGING = 32;
/** Of the newest sample, hence of the staged ones; of the creation while there is none. */
export const SERIES_GENERATION = 36;
/** u8 each: samples staged, and how many the area holds. */
export const SERIES_STAGED = 40;
export const SERIES_STAGING_CAPACITY = 41;
/** u16. */
export const SERIES_FLAGS = 42;
export const SERIES_TENANT = 44;
/** Label block. */
export const SERIES_LABELS = 48;
/** Side head of samples that came out of order, or 0. */
export const SERIES_SIDE = 52;
/** From one staged sample to the next, ms; they are at equal distances while the area is narrow. */
export const SERIES_INTERVAL = 56;
/** Of a wide area instead: address of its times, ms since the first staged sample, i32 each. */
export const SERIES_TIMES = 56;
export const SERIES_REF = 60;

/** A cut has dropped the series; it lingers while samples of it are in memory. */
export const SERIES_DROPPED = 1;
/** The staging area is wide: it has a column of times. */
export const SERIES_WIDE = 2;
/** The samples before came at uneven distances: the next area is wide from the start. */
export const SERIES_UNEVEN = 4;

/** Label block: u64 placement, u64 fingerprint, u32 canonical bytes, u32 labels, their entries u32. */
export const LABELS_PLACEMENT = 0;
export const LABELS_FINGERPRINT = 8;
export const LABELS_BYTES = 16;
export const LABELS_COUNT = 20;
export const LABELS_HEADER_BYTES = 24;

/**
 * Index entry: a label, a label name, or a tenant. Its text is the canonical bytes of the label, of
 * the name alone, or none. Names are children of tenants, labels of names; siblings are linked both
 * ways.
 */
export const ENTRY_TEXT = 0;
export const ENTRY_TEXT_BYTES = 4;
export const ENTRY_TENANT = 8;
export const ENTRY_HASH = 12;
export const ENTRY_PARENT = 16;
export const ENTRY_NEXT = 20;
export const ENTRY_PREVIOUS = 24;
export const ENTRY_CHILD = 28;
/** Children and series that live; the entry goes with the last of them. */
export const ENTRY_USERS = 32;
/** Refs in the list, those of dropped series included; the newest one; first and last block. */
export const ENTRY_REFS = 36;
export const ENTRY_LAST_REF = 40;
export const ENTRY_BLOCK = 44;
export const ENTRY_LAST_BLOCK = 48;
/** u16: bytes used in the last block; u8: number of blocks, no more is counted than 255. */
export const ENTRY_BLOCK_USED = 52;
export const ENTRY_BLOCKS = 54;
export const ENTRY_BYTES = 56;

/**
 * Block of refs: u32 next block, then varints of distances, the first from -1. A distance of 0 ends
 * a block before its end. Blocks double up to the largest. A list of one ref has none.
 */
export const REF_BLOCK_HEADER_BYTES = 4;
export const REF_BLOCK_BYTES_FIRST = 16;
export const REF_BLOCK_BYTES_MAX = 256;

/** Chunk: miniblocks of one series and generation, in order of time. */
export const CHUNK_PREVIOUS = 0;
export const CHUNK_PREVIOUS_GENERATION = 4;
/** f64 time of the first sample; that of the last one and the count are in the chain state. */
export const CHUNK_FIRST = 8;
export const CHUNK_CHAIN = 16;
export const CHUNK_LAST = 16;
export const CHUNK_COUNT = 36;
/** Where the next byte goes, and how many have room before the segment's link. */
export const CHUNK_TAIL = 40;
export const CHUNK_TAIL_ROOM = 44;
/** u8 each: samples per miniblock (the last one may hold fewer), segments. */
export const CHUNK_STEP = 46;
export const CHUNK_SEGMENTS = 47;
export const CHUNK_HEADER_BYTES = 48;
/** Bounds what reading one sample decodes, and the room for it above. */
export const CHUNK_SAMPLES_MAX = 1024;
/** Segment: bytes, then the u32 address of the next one. They grow, so little of a chunk is empty. */
export const SEGMENT_FIRST_BYTES = 48;
export const SEGMENT_BYTES_MAX = 256;

/** Side head: newest side chunk and its generation. */
export const SIDE_CHUNK = 0;
export const SIDE_GENERATION = 4;
/** Chunk in which a sample was found last, and its generation; 0 and 0 for none. */
export const SIDE_HINT = 8;
export const SIDE_HINT_GENERATION = 12;
/** Bounds of all samples that ever were aside: what lies outside need not be looked for. */
export const SIDE_MIN = 16;
export const SIDE_MAX = 24;
export const SIDE_BYTES = 32;
/** Side chunk: raw samples in order of arrival. */
export const SIDE_CHUNK_PREVIOUS = 0;
export const SIDE_CHUNK_PREVIOUS_GENERATION = 4;
export const SIDE_CHUNK_COUNT = 8;
export const SIDE_CHUNK_CAPACITY = 12;
/** f64: least and greatest time inside. */
export const SIDE_CHUNK_MIN = 16;
export const SIDE_CHUNK_MAX = 24;
/** The next newer chunk, 0 for none. */
export const SIDE_CHUNK_NEXT = 32;
export const SIDE_CHUNK_NEXT_GENERATION = 36;
export const SIDE_CHUNK_HEADER_BYTES = 40;
export const SIDE_CAPACITY_FIRST = 4;
export const SIDE_CAPACITY_LATER = 16;
/** Time f64, value bits u64, mark of the newest view at its arrival u32, 0 u32. */
export const SIDE_SAMPLE_BYTES = 24;
export const SIDE_SAMPLE_MARK = 16;

/** Journal entry: u32 ref, u32 samples before the first write. */
export const JOURNAL_ENTRY_BYTES = 8;
