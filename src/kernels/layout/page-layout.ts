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
