import { readFileSync } from "node:fs";
import { HEAD_MODULE_URL } from "#kernels/head-kernel.ts";
import { kernelModule } from "#kernels/kernel-instance.ts";
import { OVERLOADED } from "#storage/storage-errors.ts";
import { isErrorOf } from "#base/engine-error.ts";
import { HeadMemory } from "#tsdb/head/head-memory.ts";
import { expect, test } from "vitest";

const module = kernelModule(readFileSync(HEAD_MODULE_URL));

test("starts with one page, grows in steps and makes the views anew", () => {
  const memory = new HeadMemory(module, 2 ** 24);
  expect(memory.u8.length).toBe(65_536);
  const before = memory.u8;
  memory.reserve(1000);
  expect(memory.u8).toBe(before);
  memory.reserve(100_000);
  expect(memory.u8).not.toBe(before);
  expect(memory.u8.length).toBeGreaterThanOrEqual(memory.reservedBytes + 100_000);
  expect(memory.u32.length * 4).toBe(memory.u8.length);
  expect(memory.f64.length * 8).toBe(memory.u8.length);
});

test("the budget counts what is in use, not what is reserved", () => {
  const memory = new HeadMemory(module, 2 ** 20);
  memory.reserve(2 ** 21);
  memory.checkBudget(2 ** 20 - memory.usedBytes);
  let caught: unknown;
  try {
    memory.checkBudget(2 ** 20 - memory.usedBytes + 1);
  } catch (error) {
    caught = error;
  }
  expect(isErrorOf(caught, OVERLOADED)).toBe(true);
  expect(() => memory.reserve(2 ** 32)).toThrow(/want at most 4294967296/);
  expect(() => new HeadMemory(module, 1000)).toThrow(/head memory/);
});

test("what is given back serves again, whatever its size", () => {
  const memory = opened();
  const { kernel } = memory;
  for (const bytes of [8, 64, 208, 1024, 1025, 2048, 5000, 16_384]) {
    const address = kernel.allocate(bytes);
    const used = kernel.usedBytes();
    kernel.release(address, bytes);
    expect(kernel.usedBytes()).toBeLessThanOrEqual(used - bytes);
    expect(kernel.allocate(bytes)).toBe(address);
    expect(kernel.usedBytes()).toBe(used);
    expect(address % 8).toBe(0);
  }
  // A large region comes back as pages.
  const region = kernel.allocate(3 * 16_384);
  const end = kernel.heapUsed();
  kernel.release(region, 3 * 16_384);
  for (let i = 0; i < 3; i++) {
    const page = kernel.allocate(16_384);
    expect(page).toBeGreaterThanOrEqual(region);
    expect(page).toBeLessThan(region + 3 * 16_384);
  }
  expect(kernel.heapUsed()).toBe(end);
  expect(memory.u8.length).toBeGreaterThan(end);
});

test("scratch space is kept until it is outgrown", () => {
  const memory = opened();
  const small = memory.scratch(100);
  expect(memory.scratchRoom(4096)).toBe(0);
  expect(memory.scratch(4096)).toBe(small);
  expect(memory.scratchRoom(50_000)).toBe(65_536);
  expect(memory.scratch(50_000)).not.toBe(small);
  expect(memory.scratch(65_536)).toBe(memory.scratch(10));
  // The old region serves the next request that fits it.
  expect(memory.kernel.allocate(4096)).toBe(small);
});

test("the kernel traps rather than pass what was reserved", () => {
  const memory = new HeadMemory(module, 2 ** 24);
  expect(() => memory.kernel.allocate(2 ** 20)).toThrow(/unreachable/);
});

function opened(): HeadMemory {
  const memory = new HeadMemory(module, 2 ** 24);
  memory.reserve(2 ** 20);
  return memory;
}
