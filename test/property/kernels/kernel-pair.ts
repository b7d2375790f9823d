/**
 * The wasm kernels and their twins side by side in memories of one layout, so that whatever both
 * wrote can be compared byte for byte at equal addresses.
 */
import { GYRE_MODULE_URL, instantiateKernels, kernelModule } from "#kernels/kernel-instance.ts";
import type { KernelCalls, Kernels } from "#kernels/kernel-calls.ts";
import type { KernelRegion } from "#kernels/kernel-memory.ts";
import { instantiateTwins } from "#kernels/twin-instance.ts";
import { loadKernels } from "#runtime/node/load-kernels.ts";
import { expect } from "vitest";

/** Runs of one property; `GYRE_FUZZ_RUNS` raises it for long campaigns. */
export const FUZZ_RUNS: number = Number(process.env["GYRE_FUZZ_RUNS"] ?? 2000);

const PAGES = 8;
/** Filled around every region: a kernel that leaves its region is caught. */
const CANARY = 0xa5;
const CANARIES = Buffer.alloc(64, CANARY);

export class KernelPair {
  readonly wasm: Kernels;
  readonly twin: Kernels;

  constructor() {
    const options = { pagesInitial: PAGES, pagesMax: 256 };
    const module = kernelModule(loadKernels(GYRE_MODULE_URL));
    this.wasm = instantiateKernels(module, options);
    this.twin = instantiateTwins(options);
    const start = this.wasm.memory.allocate("start", 0).offset;
    const twinStart = this.twin.memory.allocate("start", 0).offset;
    this.twin.memory.allocate("alignment with wasm", start - twinStart);
  }

  /** The same region in both memories, between canaries. */
  region(name: string, bytes: number): KernelRegion {
    this.wasm.memory.allocate(`before ${name}`, 64);
    this.twin.memory.allocate(`before ${name}`, 64);
    const region = this.wasm.memory.allocate(name, bytes);
    expect(this.twin.memory.allocate(name, bytes)).toEqual(region);
    this.#fillCanary(region.offset - 64, region.offset);
    const end = region.offset + bytes;
    this.wasm.memory.allocate(`after ${name}`, 64);
    this.twin.memory.allocate(`after ${name}`, 64);
    this.#fillCanary(end, end + 64);
    return region;
  }

  write(offset: number, bytes: Uint8Array): void {
    for (const { memory } of [this.wasm, this.twin]) memory.views().u8.set(bytes, offset);
  }

  fill(region: KernelRegion, value: number): void {
    const end = region.offset + region.bytes;
    for (const { memory } of [this.wasm, this.twin]) {
      memory.views().u8.fill(value, region.offset, end);
    }
  }

  setU32(address: number, value: number): void {
    for (const { memory } of [this.wasm, this.twin]) memory.views().u32[address / 4] = value;
  }

  /** A u32 on which both agree. */
  u32(address: number): number {
    const value = this.wasm.memory.views().u32[address / 4]!;
    const twin = this.twin.memory.views().u32[address / 4]!;
    // The check first: an expectation for each of millions of words would take all the time.
    if (twin !== value) expect(twin).toBe(value);
    return value;
  }

  /** Calls both and returns the result on which they agree. */
  call<Result>(run: (calls: KernelCalls) => Result): Result {
    const result = run(this.wasm.calls);
    const twin = run(this.twin.calls);
    if (twin !== result) expect(twin).toEqual(result);
    return result;
  }

  bytes(offset: number, count: number): Uint8Array {
    return this.wasm.memory.views().u8.subarray(offset, offset + count);
  }

  /** Both memories hold the same bytes in `[offset, offset + count)`. */
  expectSame(offset: number, count: number): void {
    const twin = this.twin.memory.views().u8.subarray(offset, offset + count);
    if (Buffer.compare(this.bytes(offset, count), twin) !== 0) {
      expect(this.bytes(offset, count)).toEqual(twin);
    }
  }

  expectCanaries(...regions: readonly KernelRegion[]): void {
    for (const { memory } of [this.wasm, this.twin]) {
      const { u8 } = memory.views();
      for (const { name, offset, bytes } of regions) {
        const end = offset + bytes;
        const isWhole =
          CANARIES.equals(u8.subarray(offset - 64, offset)) &&
          CANARIES.equals(u8.subarray(end, end + 64));
        if (!isWhole) expect.fail(`a kernel wrote outside of ${name}`);
      }
    }
  }

  #fillCanary(from: number, to: number): void {
    for (const { memory } of [this.wasm, this.twin]) memory.views().u8.fill(CANARY, from, to);
  }
}
