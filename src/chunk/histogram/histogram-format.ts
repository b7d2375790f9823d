/**
 * What the encoder and the decoder of histogram items share; drawn in FORMAT.md. The numbers are
 * stored: never change one.
 */
import type { CounterResetHint } from "#model/float-histogram.ts";
import { ITEM_BYTES_MAX } from "../page-encoder.ts";

/** Both sides together. Senders cut at 160 or so; this bounds memory per sample, not their use. */
export const HISTOGRAM_BUCKETS_MAX = 10_000;
/** An item has to fit a page of a block. Passed by some 7,000 buckets of float counts. */
export const HISTOGRAM_BYTES_MAX: number = ITEM_BYTES_MAX;
/** Exponential schemas. A finer one is made coarser by whoever takes it from a sender. */
export const HISTOGRAM_SCHEMA_MIN = -4;
export const HISTOGRAM_SCHEMA_MAX = 8;

/** Length, flags, schema. */
export const HISTOGRAM_HEADER_BYTES = 4;
/** Items are a multiple of this long. */
export const HISTOGRAM_UNIT_BYTES = 8;

/** Counts are whole and written as varints. */
export const HISTOGRAM_INTEGER = 1;
/** The reset hint is the two bits above this one. */
export const HISTOGRAM_HINT_SHIFT = 1;
export const HISTOGRAM_HAS_ZERO_BUCKET = 8;
/** Bits that a reader knows. */
export const HISTOGRAM_FLAGS = 15;

/** By number in the flags. */
export const HISTOGRAM_HINTS: readonly CounterResetHint[] = [
  "unknown",
  "reset",
  "not_reset",
  "gauge",
];
