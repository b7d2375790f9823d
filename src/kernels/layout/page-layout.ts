/**
 * Numbers of the page codec, shared by the wasm kernels and their callers (plain integer constants
 * only, see `kernel-codes.ts`). What ends up in files is drawn in `src/chunk/FORMAT.md`.
 */
/** Samples that the head seals at a time. */
export const MINIBLOCK_SAMPLES = 16;
/** The most bytes a miniblock takes: nothing packs, everything raw, and the two heads. */
export const MINIBLOCK_BYTES_MAX = 288;
/** Working room of `miniblockEncode`, content undefined before and after, 8-byte aligned. */
export const MINIBLOCK_SCRATCH_BYTES = 512;

/**
 * What a miniblock continues from, all zero at the start of a chain: timestamp (f64 ms) and value
 * bits of the sample before it, and the distance between the two timestamps before it (i32 ms, 0
 * when it does not fit).
 */
export const CHAIN_TIMESTAMP = 0;
export const CHAIN_VALUE = 8;
export const CHAIN_DELTA = 16;
/** Samples in the chain so far, u32: 0 tells the first miniblock. */
export const CHAIN_COUNT = 20;
export const CHAIN_BYTES = 24;

/** More samples of a series than this go to further columns: bounds scratch and decoders. */
export const COLUMN_SAMPLES_MAX = 8192;
/** Room for any encoded column: raw values, or a coded one before it is found to be larger. */
export const COLUMN_BYTES_MAX = 98_304;

/** Byte 0 of a column: source, predictor << 3, packing << 5, patches << 7. */
export const SOURCE_CONSTANT = 0;
export const SOURCE_DIVIDE = 1;
export const SOURCE_MULTIPLY = 2;
export const SOURCE_THOUSANDS = 3;
export const SOURCE_BITS = 4;
export const SOURCE_RAW = 5;
export const SOURCE_WHOLE = 6;

export const PREDICTOR_FIRST = 0;
export const PREDICTOR_DELTA = 1;
export const PREDICTOR_DELTA2 = 2;
export const PREDICTOR_LINE = 3;

export const PACKING_BLOCKS = 0;
export const PACKING_CODED = 1;
export const PACKING_EQUAL = 2;

/** Where the predictor stands for a constant column: what follows. */
export const CONSTANT_ZERO = 0;
export const CONSTANT_DECIMAL = 1;
export const CONSTANT_RAW = 2;

/** Bit of byte 1 of a column, beside the exponent. */
export const COLUMN_HAS_SCALE = 32;

/** Residuals of one bit width. */
export const BLOCK_RESIDUALS = 128;

/** Entries of a coded stream's table: 2^5 .. 2^9, so that 32 bytes each stay near the processor. */
export const TABLE_BITS_MIN = 5;
export const TABLE_BITS_MAX = 9;
/** Symbol numbers: 64 sizes of up to 4 parts, both signs. */
export const SYMBOLS_MAX = 1024;

/** Working room of the column kernels, content undefined before and after. */
export const COLUMN_SCRATCH_BYTES = 206_848;

/** Result of a decoder that met what no encoder writes. */
export const COLUMN_CORRUPT = -48;
/** A decoder of corrupt bytes may read this far behind a column, all of it inside the memory. */
export const COLUMN_SLACK_BYTES = 73_728;
