import { isErrorOf } from "#base/engine-error.ts";
import { instantiateTwins } from "#kernels/twin-instance.ts";
import type { Kernels } from "#kernels/kernel-calls.ts";
import { GYRE_MODULE_URL, instantiateKernels, kernelModule } from "#kernels/kernel-instance.ts";
import { PAGE_BYTES } from "#kernels/kernel-memory.ts";
import { KERNELS_MEMORY } from "#kernels/kernels-errors.ts";
import { loadKernels } from "#runtime/node/load-kernels.ts";
import { expect, test } from "vitest";

const module = kernelModule(loadKernels(GYRE_MODULE_URL));

function both(pagesInitial: number, pagesMax: number): Kernels[] {
  const options = { pagesInitial, pagesMax };
  return [instantiateKernels(module, options), instantiateTwins(options)];
}

test("regions are aligned, apart and in order", () => {
  for (const { memory } of both(1, 4)) {
    const a = memory.allocate("a", 3);
    const b = memory.allocate("b", 65);
    expect([a.offset % 64, b.offset % 64]).toEqual([0, 0]);
    expect(b.offset).toBe(a.offset + 64);
    expect(memory.regions()).toEqual([a, b]);
  }
});

test("growing makes new views and keeps what was written", () => {
  for (const { memory, calls } of both(1, 4)) {
    const a = memory.allocate("a", 16);
    const before = memory.views();
    before.u8.set(new TextEncoder().encode("123456789"), a.offset);
    const b = memory.allocate("b", 2 * PAGE_BYTES);
    expect(before.u8).toHaveLength(0);
    const { u8 } = memory.views();
    expect(u8.length).toBeGreaterThanOrEqual(b.offset + b.bytes);
    expect(memory.views()).toBe(memory.views());
    expect(u8.subarray(b.offset, b.offset + b.bytes).every((byte) => byte === 0)).toBe(true);
    expect(calls.crc32c(a.offset, 9, 0)).toBe(0xe306_9283);
  }
});

test("the limit is an operating error, and what was there stays", () => {
  for (const { memory } of both(1, 2)) {
    memory.allocate("a", 16);
    let thrown: unknown;
    try {
      memory.allocate("big", 2 * PAGE_BYTES);
    } catch (error) {
      thrown = error;
    }
    expect(isErrorOf(thrown, KERNELS_MEMORY)).toBe(true);
    expect((thrown as Error).message).toBe(
      "cannot allocate kernel region big: got 3 pages, want at most 2",
    );
    expect(memory.regions()).toHaveLength(1);
    memory.allocate("small", 16);
  }
});

test("a name is used once", () => {
  const [{ memory }] = both(1, 2) as [Kernels, Kernels];
  memory.allocate("a", 1);
  expect(() => memory.allocate("a", 1)).toThrow("kernel region a: twice");
  expect(() => memory.allocate("b", -1)).toThrow("got -1 bytes");
});
