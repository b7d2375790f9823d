import { GYRE_MODULE_URL, instantiateKernels, kernelModule } from "#kernels/kernel-instance.ts";
import { instantiateTwins } from "#kernels/twin-instance.ts";
import { loadKernels } from "#runtime/node/load-kernels.ts";
import { expect, test } from "vitest";

const module = kernelModule(loadKernels(GYRE_MODULE_URL));
/** `WebAssembly.Module`, as far as this test asks it. */
const { Module } = Reflect.get(globalThis, "WebAssembly") as {
  Module: Record<"imports" | "exports", (module: unknown) => { name: string; kind: string }[]>;
};
const OPTIONS = { pagesInitial: 1, pagesMax: 1 };

test("the module imports a memory and nothing else", () => {
  expect(Module.imports(module)).toEqual([{ module: "env", name: "memory", kind: "memory" }]);
});

test("the twins offer exactly the calls of the module", () => {
  const wasm = instantiateKernels(module, OPTIONS).calls;
  const twin = instantiateTwins(OPTIONS).calls;
  expect(Object.keys(twin).toSorted()).toEqual(Object.keys(wasm).toSorted());
  const exported = Module.exports(module)
    .filter(({ kind }) => kind === "function")
    .map(({ name }) => name);
  expect(exported.toSorted()).toEqual([...Object.keys(wasm), "heapBase"].toSorted());
});

test("instances of one module share nothing", () => {
  const [a, b] = [instantiateKernels(module, OPTIONS), instantiateKernels(module, OPTIONS)];
  const { offset } = a.memory.allocate("bytes", 8);
  b.memory.allocate("bytes", 8);
  a.memory.views().u8[offset] = 7;
  expect(b.memory.views().u8[offset]).toBe(0);
});

test("the constant tables lie below the first region", () => {
  const { memory, calls } = instantiateKernels(module, OPTIONS);
  const { offset } = memory.allocate("all", 32_768);
  memory.views().u8.fill(0xff, offset, offset + 32_768);
  memory.views().u8.set(new TextEncoder().encode("123456789"), offset);
  expect(calls.crc32c(offset, 9, 0)).toBe(0xe306_9283);
});

test("unsigned results stay unsigned", () => {
  const { memory, calls } = instantiateKernels(module, OPTIONS);
  const { offset } = memory.allocate("table", 32_768);
  expect(calls.identityInit(offset, 32_768, 1, 2)).toBe(true);
  expect(calls.identityFind(offset, 0, offset, 4)).toBe(0xffff_ffff);
});

test.each([
  [0, 1],
  [2, 1],
  [65_536, 65_536],
])("refuses %d pages of at most %d", (pagesInitial, pagesMax) => {
  expect(() => instantiateKernels(module, { pagesInitial, pagesMax })).toThrow("kernels: got");
  expect(() => instantiateTwins({ pagesInitial, pagesMax })).toThrow("kernels: got");
});
