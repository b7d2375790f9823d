/**
 * Runs `gyre.wasm`. The module is compiled once per process and shared: a `WebAssembly.Module` may
 * be posted to other workers. Each instance has a memory of its own, so a trap or a drop takes
 * nothing else with it. Reading the file is the caller's business (`runtime/node`).
 */
import { assert } from "#base/assert.ts";
import "./webassembly-types.ts";
import { KernelMemory, PAGES_MAX } from "./kernel-memory.ts";
import type { KernelCalls, KernelOptions, Kernels } from "./kernel-calls.ts";

/** Where the module lies, for whoever loads files. */
export const GYRE_MODULE_URL: URL = new URL("./gyre.wasm", import.meta.url);

type Numbers = (...values: number[]) => number;

/** The exports as wasm types them: every u32 arrives as a signed number. */
interface RawExports {
  readonly heapBase: () => number;
  readonly snappyDecode: KernelCalls["snappyDecode"];
  readonly xxh64Into: KernelCalls["xxh64Into"];
  readonly crc32c: Numbers;
  readonly isUtf8: Numbers;
  readonly expandRequest: KernelCalls["expandRequest"];
  readonly walkWriteRequest: KernelCalls["walkWriteRequest"];
  readonly walkLabels: KernelCalls["walkLabels"];
  readonly canonicaliseLabels: KernelCalls["canonicaliseLabels"];
  readonly identityInit: Numbers;
  readonly identityClear: KernelCalls["identityClear"];
  readonly identityInsert: Numbers;
  readonly identityFind: Numbers;
  readonly identityLookup: Numbers;
  readonly identityLink: Numbers;
  readonly routeRows: KernelCalls["routeRows"];
  readonly packRows: KernelCalls["packRows"];
  readonly forgetShardRefs: KernelCalls["forgetShardRefs"];
  readonly hashSeries: KernelCalls["hashSeries"];
}

/** Compiles the bytes of `gyre.wasm`. */
export function kernelModule(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  return new WebAssembly.Module(bytes);
}

/** A new instance with a new memory. */
export function instantiateKernels(module: WebAssembly.Module, options: KernelOptions): Kernels {
  const { pagesInitial, pagesMax } = options;
  assert(
    pagesInitial >= 1 && pagesInitial <= Math.min(pagesMax, PAGES_MAX),
    () =>
      `kernels: got ${pagesInitial} pages of at most ${pagesMax}, want 1..${PAGES_MAX} at the start`,
  );
  const memory = new WebAssembly.Memory({ initial: pagesInitial, maximum: PAGES_MAX });
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const raw = instance.exports as unknown as RawExports;
  return {
    calls: callsOf(raw),
    memory: new KernelMemory(memory, raw.heapBase() >>> 0, pagesMax),
  };
}

function callsOf(raw: RawExports): KernelCalls {
  return {
    snappyDecode: raw.snappyDecode,
    xxh64Into: raw.xxh64Into,
    crc32c: (source, bytes, seed) => raw.crc32c(source, bytes, seed) >>> 0,
    isUtf8: (source, bytes) => raw.isUtf8(source, bytes) !== 0,
    expandRequest: raw.expandRequest,
    walkWriteRequest: raw.walkWriteRequest,
    walkLabels: raw.walkLabels,
    canonicaliseLabels: raw.canonicaliseLabels,
    identityInit: (table, bytes, low, high) => raw.identityInit(table, bytes, low, high) === 0,
    identityClear: raw.identityClear,
    identityInsert: (table, scope, source, bytes, since) =>
      raw.identityInsert(table, scope, source, bytes, since) >>> 0,
    identityFind: (table, scope, source, bytes) =>
      raw.identityFind(table, scope, source, bytes) >>> 0,
    identityLookup: (table, scope, offsets, lengths, ids, count) =>
      raw.identityLookup(table, scope, offsets, lengths, ids, count) >>> 0,
    identityLink: (table, ids, count, previous) =>
      raw.identityLink(table, ids, count, previous) >>> 0,
    routeRows: raw.routeRows,
    packRows: raw.packRows,
    forgetShardRefs: raw.forgetShardRefs,
    hashSeries: raw.hashSeries,
  };
}
