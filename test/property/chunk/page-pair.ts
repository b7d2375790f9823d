/**
 * The page kernels and their twins side by side in memories of one layout: every call is made on
 * both, and results and written bytes must be the same. Bytes around each region are watched.
 */
import { COLUMN_BYTES_MAX, COLUMN_SLACK_BYTES } from "#kernels/layout/page-layout.ts";
import type { PageCalls, PageKernel } from "#kernels/page-kernel.ts";
import { instantiatePageTwin } from "#kernels/page-twin.ts";
import { pageKernel } from "#test/support/page-tools.ts";
import { expect } from "vitest";

/** Runs of one property; `GYRE_FUZZ_RUNS` raises it for long campaigns. */
export const FUZZ_RUNS: number = Number(process.env["GYRE_FUZZ_RUNS"] ?? 300);

const CANARY = 0xa5;
/** Most samples that these tests give to a column. */
export const PAIR_SAMPLES_MAX = 4096;

export class PagePair {
  readonly wasm: PageKernel = pageKernel();
  readonly twin: PageKernel = instantiatePageTwin(this.wasm.scratch.offset);
  readonly input: number = this.#region("input", PAIR_SAMPLES_MAX * 8);
  readonly clock: number = this.#region("clock", PAIR_SAMPLES_MAX * 8);
  readonly coded: number = this.#region("coded", COLUMN_BYTES_MAX);
  readonly output: number = this.#region("output", PAIR_SAMPLES_MAX * 8 + 8);
  readonly outputClock: number = this.#region("output clock", PAIR_SAMPLES_MAX * 8);
  readonly words: number = this.#region("words", 64);

  constructor() {
    this.#region("slack", COLUMN_SLACK_BYTES);
  }

  /** Writes 64-bit words at `at` in both memories. */
  write(at: number, bits: readonly bigint[]): void {
    for (const { memory } of [this.wasm, this.twin]) {
      const { data } = memory.views();
      for (const [i, each] of bits.entries()) data.setBigUint64(at + 8 * i, each, true);
    }
  }

  writeBytes(at: number, bytes: Uint8Array): void {
    for (const { memory } of [this.wasm, this.twin]) memory.views().u8.set(bytes, at);
  }

  read(at: number, count: number): bigint[] {
    const { data } = this.wasm.memory.views();
    return Array.from({ length: count }, (_, i) => data.getBigUint64(at + 8 * i, true));
  }

  bytes(at: number, count: number): Uint8Array {
    return this.wasm.memory.views().u8.subarray(at, at + count);
  }

  /** Makes the call on both and returns the result on which they agree. */
  call(run: (calls: PageCalls, scratch: number) => number): number {
    const result = run(this.wasm.calls, this.wasm.scratch.offset);
    expect(run(this.twin.calls, this.twin.scratch.offset)).toBe(result);
    return result;
  }

  /** Both memories hold the same bytes there. */
  expectSame(at: number, count: number): void {
    const twin = this.twin.memory.views().u8.subarray(at, at + count);
    if (Buffer.compare(this.bytes(at, count), twin) !== 0) {
      expect(this.bytes(at, count)).toEqual(twin);
    }
  }

  /** No kernel wrote between the regions. */
  expectCanaries(): void {
    for (const { memory } of [this.wasm, this.twin]) {
      const { u8 } = memory.views();
      for (const { name, offset, bytes } of memory.regions()) {
        if (!name.startsWith("canary")) continue;
        const isWhole = u8.subarray(offset, offset + bytes).every((byte) => byte === CANARY);
        if (!isWhole) expect.fail(`a kernel wrote over ${name}`);
      }
    }
  }

  #region(name: string, bytes: number): number {
    let at = 0;
    for (const { memory } of [this.wasm, this.twin]) {
      at = memory.allocate(name, bytes).offset;
      const canary = memory.allocate(`canary behind ${name}`, 64);
      memory.views().u8.fill(CANARY, canary.offset, canary.offset + canary.bytes);
    }
    return at;
  }
}
