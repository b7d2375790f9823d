/** The real page codec for tests: the kernel's wasm, zstd of the runtime. */
import { readFileSync } from "node:fs";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { PageCompressor } from "#chunk/page-compression.ts";
import { instantiatePage, PAGE_MODULE_URL } from "#kernels/page-kernel.ts";
import { createPageTools } from "#tsdb/block/kernel-page-tools.ts";
import type { PageTools } from "#tsdb/block/page-tools.ts";

export const zstd: PageCompressor = {
  compress: (bytes) => zstdCompressSync(bytes),
  decompress: (bytes, rawBytes) => {
    const raw = zstdDecompressSync(bytes, { maxOutputLength: rawBytes });
    if (raw.length !== rawBytes) throw new Error(`got ${raw.length} bytes, want ${rawBytes}`);
    return raw;
  },
};

export function kernelPageTools(packing: "fast" | "small" = "fast"): PageTools {
  const module = new WebAssembly.Module(readFileSync(PAGE_MODULE_URL));
  return createPageTools(instantiatePage(module), zstd, packing);
}
