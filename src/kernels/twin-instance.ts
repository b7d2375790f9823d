/**
 * The TypeScript twins behind the interface of the wasm module: the oracle of its tests, and the
 * fallback where wasm SIMD is missing. Some five to ten times slower, otherwise the same.
 */
import { assert } from "#base/assert.ts";
import { isUtf8 } from "#base/bytes/utf8.ts";
import { crc32c } from "#base/hash/crc32c.ts";
import { xxh64Into } from "#base/hash/xxh64.ts";
import { expandRequest } from "./expand-request.ts";
import {
  identityClear,
  identityFind,
  identityInit,
  identityInsert,
  identityLink,
  identityLookup,
} from "./identity.ts";
import type { KernelCalls, KernelOptions, Kernels } from "./kernel-calls.ts";
import { KernelMemory, PAGES_MAX, PAGE_BYTES } from "./kernel-memory.ts";
import type { LinearMemory } from "./kernel-memory.ts";
import { canonicaliseLabels, walkLabels } from "./labels.ts";
import { forgetShardRefs, packRows, routeRows } from "./route.ts";
import { hashSeries } from "./series-hash.ts";
import { snappyDecode } from "./snappy.ts";
import { walkWriteRequest } from "./write-request.ts";

/** Address 0 stays unused, as in the wasm module: it stands for "no table". */
const BASE = 64;

export function instantiateTwins(options: KernelOptions): Kernels {
  const { pagesInitial, pagesMax } = options;
  assert(
    pagesInitial >= 1 && pagesInitial <= Math.min(pagesMax, PAGES_MAX),
    () =>
      `kernels: got ${pagesInitial} pages of at most ${pagesMax}, want 1..${PAGES_MAX} at the start`,
  );
  const memory = new KernelMemory(new PlainMemory(pagesInitial), BASE, pagesMax);
  return { calls: callsOf(memory), memory };
}

/** A growing buffer with the face of `WebAssembly.Memory`. */
class PlainMemory implements LinearMemory {
  buffer: ArrayBuffer;

  constructor(pages: number) {
    this.buffer = new ArrayBuffer(pages * PAGE_BYTES);
  }

  grow(pages: number): number {
    const before = this.buffer.byteLength / PAGE_BYTES;
    this.buffer = this.buffer.transfer((before + pages) * PAGE_BYTES);
    return before;
  }
}

function callsOf(memory: KernelMemory): KernelCalls {
  return {
    snappyDecode: (source, sourceBytes, target, targetBytes) =>
      snappyDecode(memory.views().u8, source, sourceBytes, target, targetBytes),
    xxh64Into: (source, bytes, low, high, out) => {
      const { u8, u32 } = memory.views();
      xxh64Into(u32, out / 4, u8, low, high, source, source + bytes);
    },
    crc32c: (source, bytes, seed) => crc32c(memory.views().u8, seed, source, source + bytes),
    isUtf8: (source, bytes) => isUtf8(memory.views().u8, source, source + bytes),
    expandRequest: (frame) => expandRequest(memory.views(), frame),
    walkWriteRequest: (frame) => walkWriteRequest(memory.views(), frame),
    walkLabels: (source, bytes, columns, labelsMax, fault) =>
      walkLabels(memory.views(), source, bytes, columns, labelsMax, fault),
    canonicaliseLabels: (frame) => canonicaliseLabels(memory.views(), frame),
    identityInit: (table, bytes, low, high) =>
      identityInit(memory.views(), table, bytes, low, high),
    identityClear: (table) => identityClear(memory.views(), table),
    identityInsert: (table, scope, source, bytes, since) =>
      identityInsert(memory.views(), table, scope, source, bytes, since),
    identityFind: (table, scope, source, bytes) =>
      identityFind(memory.views(), table, scope, source, bytes),
    identityLookup: (table, scope, offsets, lengths, ids, count) =>
      identityLookup(memory.views(), table, scope, offsets, lengths, ids, count),
    identityLink: (table, ids, count, previous) =>
      identityLink(memory.views(), table, ids, count, previous),
    routeRows: (frame) => routeRows(memory.views(), frame),
    hashSeries: (labels, bytes, tenant, low, high, lanes, out) =>
      hashSeries(memory.views(), labels, bytes, tenant, low, high, lanes, out),
    packRows: (frame) => packRows(memory.views(), frame),
    forgetShardRefs: (table, shard) => forgetShardRefs(memory.views(), table, shard),
  };
}
