/** Page coders of one thread: the page kernels, compiled here, and the platform's zstd. */
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { PageCompressor } from "#chunk/page-compression.ts";
import type { PageEncoderOptions } from "#chunk/page-encoder.ts";
import { kernelModule } from "#kernels/kernel-instance.ts";
import { instantiatePage, PAGE_MODULE_URL } from "#kernels/page-kernel.ts";
import { loadKernels } from "#runtime/node/load-kernels.ts";
import { createPageTools } from "#tsdb/block/kernel-page-tools.ts";
import type { PageTools } from "#tsdb/block/page-tools.ts";

const zstd: PageCompressor = {
  compress: (bytes) => zstdCompressSync(bytes),
  decompress: (bytes, rawBytes) => {
    const raw = zstdDecompressSync(bytes, { maxOutputLength: rawBytes });
    if (raw.length !== rawBytes) {
      throw new Error(`decompresses to ${raw.length} bytes, want ${rawBytes}`);
    }
    return raw;
  },
};

/** One per thread. */
export function createNodePageTools(packing: PageEncoderOptions["packing"]): PageTools {
  return createPageTools(
    instantiatePage(kernelModule(loadKernels(PAGE_MODULE_URL))),
    zstd,
    packing,
  );
}
