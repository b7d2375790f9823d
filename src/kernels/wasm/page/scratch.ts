/**
 * Places in the scratch of the column kernels (`COLUMN_SCRATCH_BYTES`); nothing in it outlives the
 * call. The predictor and the shares of a table both count in the histogram, one after the other.
 */
/** i64 x samples. */
export const SCRATCH_WHOLES: usize = 0;
export const SCRATCH_RESIDUALS: usize = 65_536;
/** u16 x samples. */
export const SCRATCH_SYMBOLS: usize = 131_072;
export const SCRATCH_CODES: usize = 147_456;
/** u8 x samples. */
export const SCRATCH_PATCHED: usize = 163_840;
/** u32 x symbols. */
export const SCRATCH_HISTOGRAM: usize = 172_032;
export const SCRATCH_FREQUENCIES: usize = 176_128;
export const SCRATCH_STARTS: usize = 180_224;
/** u32 x table entries. */
export const SCRATCH_TABLE: usize = 184_320;
/** 32 bytes x table entries. */
export const SCRATCH_ENTRIES: usize = 186_368;
/** u32 x symbols. */
export const SCRATCH_FINEST: usize = 202_752;
