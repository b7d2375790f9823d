/**
 * The functions of a kernel module, the same for wasm and for the TypeScript twins. Arguments are
 * addresses, byte counts and u32 numbers in one memory; results below zero are the codes of
 * `layout/kernel-codes.ts`. Callers guarantee that every range named lies inside a region of the
 * memory: kernels check what they read from those bytes, not what the caller passes.
 */
import type { KernelMemory } from "./kernel-memory.ts";

export interface KernelCalls {
  /** Bytes written to the target, or a negative code. */
  snappyDecode(source: number, sourceBytes: number, target: number, targetBytes: number): number;
  /** Hash words at `out` (low, high). */
  xxh64Into(source: number, bytes: number, seedLow: number, seedHigh: number, out: number): void;
  crc32c(source: number, bytes: number, seed: number): number;
  isUtf8(source: number, bytes: number): boolean;
  /** Frame: `layout/expand-layout.ts`. 0 or a negative code. */
  expandRequest(frame: number): number;
  /** Frame: `layout/walk-layout.ts`. 0 or a negative code. */
  walkWriteRequest(frame: number): number;
  /** Label count, or a negative code with the byte offset stored at `fault`. */
  walkLabels(
    source: number,
    bytes: number,
    columns: number,
    labelsMax: number,
    fault: number,
  ): number;
  /** Frame: `layout/canonical-layout.ts`. 0 or a negative code. */
  canonicaliseLabels(frame: number): number;
  /**
   * Fingerprint and placement of canonical label bytes, low word first, at `out`. Uses bytes before
   * the labels and behind the result: `layout/series-hash-layout.ts`.
   */
  hashSeries(
    labels: number,
    bytes: number,
    tenant: number,
    seedLow: number,
    seedHigh: number,
    lanes: number,
    out: number,
  ): void;
  /** False when the region is too small. */
  identityInit(table: number, bytes: number, seedLow: number, seedHigh: number): boolean;
  identityClear(table: number): void;
  /** The id, which is not one below `since`; `IDENTITY_UNKNOWN` when there is no room. */
  identityInsert(
    table: number,
    scope: number,
    source: number,
    bytes: number,
    since: number,
  ): number;
  /** The id, or `IDENTITY_UNKNOWN`. */
  identityFind(table: number, scope: number, source: number, bytes: number): number;
  /** Resolves the rows of `ids` that are unknown; the count of those that stay so. */
  identityLookup(
    table: number,
    scope: number,
    offsets: number,
    lengths: number,
    ids: number,
    count: number,
  ): number;
  /** Teaches the order of the rows; the last known id. */
  identityLink(table: number, ids: number, count: number, previous: number): number;
  /** Frame: `layout/route-layout.ts`. `ROUTE_DONE` or `ROUTE_STOPPED`. */
  routeRows(frame: number): number;
  /** The same frame, when the rows of a slice are dealt out. */
  packRows(frame: number): void;
  forgetShardRefs(table: number, shard: number): void;
}

/** A kernel module at work in one memory. */
export interface Kernels {
  readonly calls: KernelCalls;
  readonly memory: KernelMemory;
}

export interface KernelOptions {
  readonly pagesInitial: number;
  /** Cut to `PAGES_MAX`. */
  readonly pagesMax: number;
}
