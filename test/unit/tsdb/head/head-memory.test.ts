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
  expect(memory.reservedBytes).toBe(65_536);
  const before = memory.u8;
  memory.reserve(1000, false);
  expect(memory.u8).toBe(before);
  memory.reserve(100_000, false);
  expect(memory.u8).not.toBe(before);
  expect(memory.reservedBytes).toBeGreaterThanOrEqual(memory.usedBytes + 100_000);
  expect(memory.u32.length * 4).toBe(memory.reservedBytes);
  expect(memory.f64.length * 8).toBe(memory.reservedBytes);
});

test("refuses to pass the limit, except for a replay", () => {
  const memory = new HeadMemory(module, 2 ** 20);
  let caught: unknown;
  try {
    memory.reserve(2 ** 20, false);
  } catch (error) {
    caught = error;
  }
  expect(isErrorOf(caught, OVERLOADED)).toBe(true);
  expect(memory.reservedBytes).toBe(65_536);
  memory.reserve(2 ** 20, true);
  expect(memory.reservedBytes).toBeGreaterThan(2 ** 20);
  expect(() => new HeadMemory(module, 1000)).toThrow(/head memory/);
});

test("scratch space is kept, outgrown and given back", () => {
  const memory = new HeadMemory(module, 2 ** 24);
  memory.reserve(2 ** 20, false);
  const small = memory.scratch(100);
  expect(memory.scratchRoom(4096)).toBe(0);
  expect(memory.scratch(4096)).toBe(small);
  const used = memory.usedBytes;
  expect(memory.scratchRoom(5000)).toBe(8192);
  expect(memory.scratch(5000)).not.toBe(small);
  expect(memory.usedBytes).toBe(used + 8192);
  // The old region serves the next request that fits it.
  expect(memory.kernel.allocate(4096)).toBe(small);
  expect(memory.usedBytes).toBe(used + 8192);
});

test("the kernel traps rather than pass what was reserved", () => {
  const memory = new HeadMemory(module, 2 ** 24);
  expect(() => memory.kernel.allocate(2 ** 20)).toThrow(/unreachable/);
});
