/**
 * The TypeScript twins behind the interface of `page.wasm`: the oracle of its tests. They compute
 * with BigInt, some hundred times slower, and the same bytes come out.
 */
import { crc32c } from "#base/hash/crc32c.ts";
import { KernelMemory, PAGE_BYTES } from "./kernel-memory.ts";
import type { LinearMemory } from "./kernel-memory.ts";
import { PAGE_KERNEL_PAGES_MAX, pageKernelOf } from "./page-kernel.ts";
import type { PageCalls, PageKernel } from "./page-kernel.ts";
import { columnDecode } from "./page/column-decode.ts";
import { timestampsEncode, valuesEncode } from "./page/column-encode.ts";
import { digestAdd } from "./page/digest.ts";
import { miniblockDecode, miniblockEncode } from "./page/miniblock.ts";

const PAGES_INITIAL = 4;

/** `base`: first byte handed out, so that a test can give a wasm memory the same layout. */
export function instantiatePageTwin(base: number): PageKernel {
  const linear = new GrowingMemory(PAGES_INITIAL);
  const memory = new KernelMemory(linear, base, PAGE_KERNEL_PAGES_MAX);
  return pageKernelOf(callsOf(memory), memory);
}

/** A growing buffer with the face of `WebAssembly.Memory`. */
class GrowingMemory implements LinearMemory {
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

function callsOf(memory: KernelMemory): PageCalls {
  const data = (): DataView => memory.views().data;
  return {
    valuesEncode: (values, count, isSmall, out) =>
      valuesEncode(data(), values, count, isSmall, out),
    timestampsEncode: (timestamps, count, isSmall, out) =>
      timestampsEncode(data(), timestamps, count, isSmall, out),
    columnDecode: (source, bytes, count, out) => columnDecode(data(), source, bytes, count, out),
    digestAdd: (sums, low, high, timestamps, values, count) => {
      const fingerprint = BigInt(low >>> 0) | (BigInt(high >>> 0) << 32n);
      digestAdd(data(), sums, fingerprint, timestamps, values, count);
    },
    crc32c: (source, bytes, seed) => crc32c(memory.views().u8, seed, source, source + bytes),
    miniblockEncode: (chain, timestamps, values, count, out) =>
      miniblockEncode(data(), chain, timestamps, values, count, out),
    miniblockDecode: (chain, source, count, timestamps, values) =>
      miniblockDecode(data(), chain, source, count, timestamps, values),
  };
}
