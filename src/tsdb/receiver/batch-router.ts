/**
 * Where a receiver's slices go, log by log: to the shard actors of this worker, to another worker's
 * ring, and in a cluster to another node. The router answers everything it took, through
 * `Receiver.answer`.
 */
import type { AppendSlice } from "#storage/append-slice.ts";

/** Samples per batch of one slice; with labels a frame stays well below a quarter of a ring. */
export const SLICE_SAMPLES_MAX = 4096;
/** Canonical label bytes per slice; a single label set has at most 278 KiB. */
export const SLICE_LABEL_BYTES_MAX: number = 512 * 1024;
/** What a slice may need in any one destination, rounded up: samples 80 KiB, labels, overhead. */
export const SLICE_BYTES_MAX: number = 1024 * 1024;

export interface BatchRouter {
  /** True when every destination has room for a whole slice (`SLICE_BYTES_MAX`). */
  hasRoom(): boolean;
  /** Takes a copy. Called only after `hasRoom` in the same turn. */
  send(token: number, log: number, slice: AppendSlice): void;
}
