/**
 * The recent samples of one shard, in linear memory: series records, their labels and chunks of raw
 * samples. This file owns the memory and the way to a record; `head-append`, `head-replay` and
 * `head-read` do the work. Single threaded; used by the shard store only.
 */
import { assert } from "#base/assert.ts";
import {
  HEAD_PAGE_BITS,
  SERIES_BYTES,
  SERIES_LABELS,
  SERIES_LABEL_BYTES,
} from "#kernels/layout/head-layout.ts";
import { HeadMemory } from "./head-memory.ts";
import { ViewHistory } from "./view-history.ts";

const PAGE_MASK = 2 ** HEAD_PAGE_BITS - 1;

export interface HeadOptions {
  /** `head.wasm`, compiled once per thread. */
  readonly module: WebAssembly.Module;
  /** Appends that need more linear memory are refused with `storage.overloaded`. */
  readonly bytesMax: number;
}

export class Head {
  readonly memory: HeadMemory;
  readonly views: ViewHistory = new ViewHistory();
  sampleCount = 0;

  constructor(options: HeadOptions) {
    this.memory = new HeadMemory(options.module, options.bytesMax);
  }

  get seriesCount(): number {
    return this.memory.kernel.seriesTotal() >>> 0;
  }

  /** Index of the record of `ref` in `memory.u32`. */
  recordWord(ref: number): number {
    const page = this.memory.u32[ref >>> HEAD_PAGE_BITS]!;
    return (page + (ref & PAGE_MASK) * SERIES_BYTES) / 4;
  }

  /** Canonical label bytes of a series, as a view until the memory grows. */
  labelBytes(ref: number): Uint8Array {
    assert(ref < this.seriesCount, () => `head: got ref ${ref} of ${this.seriesCount} series`);
    const { u8, u32 } = this.memory;
    const record = this.recordWord(ref);
    const start = u32[record + SERIES_LABELS / 4]!;
    return u8.subarray(start, start + u32[record + SERIES_LABEL_BYTES / 4]!);
  }
}
