import { GYRE_MODULE_URL } from "#kernels/kernel-instance.ts";
import { loadKernels } from "#runtime/node/load-kernels.ts";
import { expect, test } from "vitest";

test("reads a whole module", () => {
  const bytes = loadKernels(GYRE_MODULE_URL);
  expect([...bytes.subarray(0, 8)]).toEqual([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
});

test("a missing module names its file", () => {
  const url = new URL("./missing.wasm", GYRE_MODULE_URL);
  expect(() => loadKernels(url)).toThrow("missing.wasm");
});
