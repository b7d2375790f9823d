/** Page kernels and a compressor for tests of what stands on pages. */
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { PageCompressor } from "#chunk/page-compression.ts";
import { kernelModule } from "#kernels/kernel-instance.ts";
import { PAGE_MODULE_URL, instantiatePage } from "#kernels/page-kernel.ts";
import type { PageKernel } from "#kernels/page-kernel.ts";
import { loadKernels } from "#runtime/node/load-kernels.ts";

const module = kernelModule(loadKernels(PAGE_MODULE_URL));

/** A new instance of the page kernels. */
export function pageKernel(): PageKernel {
  return instantiatePage(module);
}

export const zstdCompressor: PageCompressor = {
  compress: (bytes) => zstdCompressSync(bytes),
  decompress: (bytes, rawBytes) => {
    const raw = zstdDecompressSync(bytes, { maxOutputLength: rawBytes });
    if (raw.length !== rawBytes) throw new Error(`got ${raw.length} bytes, want ${rawBytes}`);
    return raw;
  },
};
