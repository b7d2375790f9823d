/**
 * The recent samples of one shard, in linear memory: series records, their labels, and the samples
 * by generation. This file owns the memory and the way to a record; `head-append`, `head-replay`,
 * `head-cut` and `head-read` do the work. Single threaded; used by the shard store only.
 */
import { assert } from "#base/assert.ts";
import {
  LABELS_BYTES,
  LABELS_FINGERPRINT,
  LABELS_PLACEMENT,
  SERIES_LABELS,
  SERIES_TENANT,
} from "#kernels/layout/head-layout.ts";
import type { SeriesQuota } from "#storage/series-quota.ts";
import { HeadGenerations } from "./head-generations.ts";
import { HeadHistograms } from "./head-histograms.ts";
import { HeadMemory } from "./head-memory.ts";
import { ViewHistory } from "./view-history.ts";

export interface HeadOptions {
  /** `head.wasm`, compiled once per thread. */
  readonly module: WebAssembly.Module;
  /** Appends that need more linear memory are refused with `storage.overloaded`. */
  readonly bytesMax: number;
  /** Samples that a series gathers before they are packed. */
  readonly stagingSamples: StagingSamples;
  /** Hears of every series that comes and goes; null when nobody counts. */
  readonly quota: SeriesQuota | null;
}

/** The fewer, the less memory and the more bytes per sample. */
export type StagingSamples = 8 | 16;

export class Head {
  readonly memory: HeadMemory;
  readonly views: ViewHistory = new ViewHistory();
  readonly histograms: HeadHistograms;
  readonly generations: HeadGenerations;
  readonly quota: SeriesQuota | null;
  /** {first ref, count} of dropped series that linger, see `head-cut`. */
  lingeringRuns: number[] = [];
  /** Samples that are not released. */
  sampleCount = 0;
  /** The mark that the kernel writes with while no view is open; -1 when it has another. */
  closedMark = -1;
  #stagingSamples: StagingSamples;

  constructor(options: HeadOptions) {
    this.memory = new HeadMemory(options.module, options.bytesMax);
    this.histograms = new HeadHistograms(this.memory);
    this.generations = new HeadGenerations(this.memory, this.histograms);
    this.quota = options.quota;
    this.#stagingSamples = options.stagingSamples;
    this.memory.kernel.setStagingSamples(options.stagingSamples);
  }

  /** Each series changes when it is next empty. */
  set stagingSamples(samples: StagingSamples) {
    if (samples === this.#stagingSamples) return;
    this.#stagingSamples = samples;
    this.memory.kernel.setStagingSamples(samples);
  }

  /** All refs are below. */
  get nextRef(): number {
    return this.memory.kernel.nextRef() >>> 0;
  }

  get seriesCount(): number {
    return this.memory.kernel.tableSeries() >>> 0;
  }

  isLive(ref: number): boolean {
    return this.memory.kernel.recordOf(ref) !== 0;
  }

  /** Index of the record of `ref` in `memory.u32`; 0 when the series is gone: all zeros there. */
  recordWord(ref: number): number {
    return this.memory.kernel.recordOf(ref) >>> 2;
  }

  /** Index of the label block of `ref` in `memory.u32`. */
  labelsWord(ref: number): number {
    return this.memory.u32[this.recordWord(ref) + SERIES_LABELS / 4]! >>> 2;
  }

  /** Index of the fingerprint of `ref`, low word first. */
  fingerprintWord(ref: number): number {
    return this.labelsWord(ref) + LABELS_FINGERPRINT / 4;
  }

  /** Index of the placement of `ref`, low word first. */
  placementWord(ref: number): number {
    return this.labelsWord(ref) + LABELS_PLACEMENT / 4;
  }

  /** Canonical label bytes of a series, as a view until the next call. */
  labelBytes(ref: number): Uint8Array {
    assert(
      ref < this.nextRef && this.isLive(ref),
      () => `head: got ref ${ref}, which no series has`,
    );
    const { memory } = this;
    const block = this.labelsWord(ref);
    const bytes = memory.u32[block + LABELS_BYTES / 4]!;
    memory.reserve(memory.scratchRoom(bytes));
    const scratch = memory.scratch(bytes);
    memory.kernel.copyLabels(4 * block, scratch);
    return memory.u8.subarray(scratch, scratch + bytes);
  }

  /** True when both series have the same labels: one of them lingers. */
  areTwins(a: number, b: number): boolean {
    if (this.lingeringRuns.length === 0 || !this.isLive(a) || !this.isLive(b)) return false;
    const { u32 } = this.memory;
    const tenant = SERIES_TENANT / 4;
    if (u32[this.recordWord(a) + tenant] !== u32[this.recordWord(b) + tenant]) return false;
    const a0 = this.labelsWord(a) + LABELS_BYTES / 4;
    const b0 = this.labelsWord(b) + LABELS_BYTES / 4;
    // Equal texts are one entry of the index: its number of bytes, its count and its entries.
    const words = 2 + u32[a0 + 1]!;
    for (let i = 0; i < words; i++) if (u32[a0 + i] !== u32[b0 + i]) return false;
    return true;
  }
}
