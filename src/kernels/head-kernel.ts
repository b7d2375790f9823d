/**
 * The caller's side of `head.wasm`: series, judging and storing of samples in the linear memory of
 * one shard (`layout/head-layout.ts`). One instance per shard: an instance has state, and it is the
 * only one to use its memory. Addresses and counts come back signed; `>>> 0` them.
 */
import "./webassembly-types.ts";

/** Where the module lies, for whoever loads files; compile it once per thread. */
export const HEAD_MODULE_URL: URL = new URL("./head.wasm", import.meta.url);

export interface HeadKernel {
  setHeapEnd(end: number): void;
  heapUsed(): number;
  usedBytes(): number;
  pagesRoom(bytes: number): number;
  regionRoom(bytes: number): number;
  allocate(bytes: number): number;
  release(address: number, bytes: number): void;

  /** All refs are below. */
  nextRef(): number;
  passRefs(ref: number): void;
  /** 1 when there are refs for `count` more series. */
  refsFit(count: number): number;
  /** Address of the record of a ref below `nextRef`, 0 when a cut has dropped the series. */
  recordOf(ref: number): number;
  /** First ref at or after `ref` that has a record; `nextRef` when there is none. */
  firstLive(ref: number): number;
  /** Series that no cut has dropped. */
  tableSeries(): number;
  seriesRoom(count: number, labels: number, labelBytes: number): number;
  /** Labels of the entries in all. */
  labelTotal(count: number, labelStart: number, labels: number): number;
  mapRoom(count: number, endRef: number): number;
  countUnknown(
    tenant: number,
    count: number,
    labelStart: number,
    labels: number,
    fingerprints: number,
  ): number;
  resolve(
    tenant: number,
    count: number,
    labelStart: number,
    labels: number,
    fingerprints: number,
    placements: number,
    refs: number,
  ): void;
  /** As `resolve`, with refs given; the first entry that contradicts, or -1. */
  restore(
    tenant: number,
    count: number,
    labelStart: number,
    labels: number,
    fingerprints: number,
    placements: number,
    refs: number,
  ): number;
  /** Writes the canonical bytes of a label block. */
  copyLabels(block: number, to: number): void;
  /** Address of the index entry of a tenant with this text, or 0. */
  indexEntry(tenant: number, text: number, bytes: number): number;
  /** Writes the upper placement words of refs; 0 for series that are gone. */
  upperPlacements(count: number, refs: number, words: number): void;
  collectIdle(generation: number, runs: number, runsMax: number): number;
  drop(firstRef: number, count: number): number;

  samplesRoom(count: number, generations: number): number;
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
  /** Payload of the samples record of what `append` stored; returns its bytes. */
  encodeSamples(
    count: number,
    refs: number,
    timestamps: number,
    values: number,
    into: number,
  ): number;
  replay(count: number, refs: number, timestamps: number, values: number): number;
  setStagingSamples(samples: number): void;
  /** Of the samples in the current generation. */
  oldestTimestamp(): number;
  newestTimestamp(): number;
  resetTimestamps(): void;
  /** Decodes a chunk to HEAD_READ_TIMESTAMPS and HEAD_READ_VALUES; returns its samples. */
  readChunk(chunk: number): number;

  /** Generations count from 1. */
  openGeneration(): void;
  releaseGeneration(generation: number): void;
  freeUpTo(generation: number): void;

  setJournal(address: number, mark: number): void;
  journalEntries(): number;
}

export function instantiateHead(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): HeadKernel {
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  // Copied: every instance's exports object is of a shape of its own, which makes each call a search.
  return { ...(instance.exports as unknown as HeadKernel) };
}
