/**
 * The functions of `page.wasm` and of its TypeScript twins: encoding and decoding of sample
 * columns, miniblocks, checksums and digests. Arguments are addresses, counts and u32 numbers in
 * one memory; numbers and sizes are those of `layout/page-layout.ts`. An instance keeps nothing
 * between calls, so whoever holds it shares its scratch; memories belong to one thread.
 */
import "./webassembly-types.ts";
import { KernelMemory } from "./kernel-memory.ts";
import type { KernelRegion } from "./kernel-memory.ts";
import {
  COLUMN_BYTES_MAX,
  COLUMN_SAMPLES_MAX,
  COLUMN_SCRATCH_BYTES,
} from "./layout/page-layout.ts";

/** Where the module lies, for whoever loads files; compile it once per process. */
export const PAGE_MODULE_URL: URL = new URL("./page.wasm", import.meta.url);

export interface PageCalls {
  /** Encodes `count` values, 64 bits each, to at most `COLUMN_BYTES_MAX`; the bytes written. */
  valuesEncode(
    values: number,
    count: number,
    isSmall: boolean,
    out: number,
    scratch: number,
  ): number;
  /** As `valuesEncode`, for whole numbers below 2^53 in size, held as f64. */
  timestampsEncode(
    timestamps: number,
    count: number,
    isSmall: boolean,
    out: number,
    scratch: number,
  ): number;
  /**
   * Decodes a column of either sort; 0 or `COLUMN_CORRUPT`. May write one value behind the last
   * and put it back, and read `COLUMN_SLACK_BYTES` behind the column.
   */
  columnDecode(source: number, bytes: number, count: number, out: number, scratch: number): number;
  /** Adds samples of one series to the two u64 sums at `sums`. */
  digestAdd(
    sums: number,
    fingerprintLow: number,
    fingerprintHigh: number,
    timestamps: number,
    values: number,
    count: number,
  ): void;
  crc32c(source: number, bytes: number, seed: number): number;
  /** Bytes written at `out`; see `wasm/page/miniblock.ts`. */
  miniblockEncode(
    chain: number,
    timestamps: number,
    values: number,
    count: number,
    out: number,
    scratch: number,
  ): number;
  /** Bytes read at `source`. */
  miniblockDecode(
    chain: number,
    source: number,
    count: number,
    timestamps: number,
    values: number,
  ): number;
}

export interface PageKernel {
  readonly calls: PageCalls;
  readonly memory: KernelMemory;
  /** `COLUMN_SCRATCH_BYTES`, for any call. */
  readonly scratch: KernelRegion;
  /** Columns of the samples at hand, `COLUMN_SAMPLES_MAX` each, and room for an encoded one. */
  readonly timestamps: KernelRegion;
  readonly values: KernelRegion;
  readonly encoded: KernelRegion;
}

/** Half a MiB for the kernel, a quarter for each decoder: room for two hundred. */
const PAGES_INITIAL = 4;
export const PAGE_KERNEL_PAGES_MAX = 1024;

type Numbers = (...values: number[]) => number;

/** The exports as wasm types them: every u32 arrives as a signed number. */
interface RawExports {
  readonly heapBase: () => number;
  readonly valuesEncode: PageCalls["valuesEncode"];
  readonly timestampsEncode: PageCalls["timestampsEncode"];
  readonly columnDecode: PageCalls["columnDecode"];
  readonly digestAdd: PageCalls["digestAdd"];
  readonly crc32c: Numbers;
  readonly miniblockEncode: PageCalls["miniblockEncode"];
  readonly miniblockDecode: PageCalls["miniblockDecode"];
}

/** A new instance of `page.wasm` with a new memory. */
export function instantiatePage(module: WebAssembly.Module): PageKernel {
  const linear = new WebAssembly.Memory({ initial: PAGES_INITIAL, maximum: PAGE_KERNEL_PAGES_MAX });
  const instance = new WebAssembly.Instance(module, { env: { memory: linear } });
  const raw = instance.exports as unknown as RawExports;
  const memory = new KernelMemory(linear, raw.heapBase() >>> 0, PAGE_KERNEL_PAGES_MAX);
  const crc32c: PageCalls["crc32c"] = (source, bytes, seed) =>
    raw.crc32c(source, bytes, seed) >>> 0;
  return pageKernelOf({ ...raw, crc32c }, memory);
}

/** The calls with the regions that all who use them share. */
export function pageKernelOf(calls: PageCalls, memory: KernelMemory): PageKernel {
  return {
    calls,
    memory,
    scratch: memory.allocate("page kernel scratch", COLUMN_SCRATCH_BYTES),
    timestamps: memory.allocate("page kernel timestamps", COLUMN_SAMPLES_MAX * 8),
    values: memory.allocate("page kernel values", COLUMN_SAMPLES_MAX * 8),
    encoded: memory.allocate("page kernel column", COLUMN_BYTES_MAX),
  };
}
