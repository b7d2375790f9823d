/**
 * The caller's side of `head.wasm`: series table, judging and storing of samples in the linear
 * memory of one shard (`layout/head-layout.ts`). One instance per shard: an instance has state, and
 * it is the only one to use its memory. Addresses and counts come back signed; `>>> 0` them.
 */
import "./webassembly-types.ts";

/** Where the module lies, for whoever loads files; compile it once per thread. */
export const HEAD_MODULE_URL: URL = new URL("./head.wasm", import.meta.url);

export interface HeadKernel {
  setHeapEnd(end: number): void;
  heapUsed(): number;
  allocate(bytes: number): number;
  release(address: number, bytes: number): void;

  seriesTotal(): number;
  /** 1 when the directory has room for `count` more series. */
  seriesFit(count: number): number;
  seriesRoom(count: number, labelBytes: number): number;
  resolve(
    tenant: number,
    count: number,
    labelStart: number,
    labels: number,
    fingerprints: number,
    placements: number,
    refs: number,
  ): void;

  samplesRoom(count: number): number;
  append(
    tenant: number,
    count: number,
    known: number,
    knownValid: number,
    series: number,
    entryCount: number,
    entryRefs: number,
    timestamps: number,
    values: number,
    verdicts: number,
    windowMs: number,
    newestAllowed: number,
  ): number;
  replay(count: number, refs: number, timestamps: number, values: number): number;
  oldestTimestamp(): number;
  newestTimestamp(): number;

  setJournal(address: number, mark: number): void;
  journalEntries(): number;
}

export function instantiateHead(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): HeadKernel {
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  return instance.exports as unknown as HeadKernel;
}
