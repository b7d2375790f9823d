/**
 * What blocks need of the page codec. A thread makes one set; whoever gets an encoder or a decoder
 * has it for himself, because each holds memory of the kernel.
 */
import type { PageCompressor } from "#chunk/page-compression.ts";
import type { PageDecoder } from "#chunk/page-decoder.ts";
import type { PageEncoder } from "#chunk/page-encoder.ts";
import type { SampleDigest } from "#chunk/sample-digest.ts";

export interface PageTools {
  readonly compressor: PageCompressor;
  encoder(): Pick<PageEncoder, "reset" | "add" | "finish" | "seriesCount" | "sampleCount">;
  decoder(): Pick<
    PageDecoder,
    "open" | "columnCount" | "find" | "seriesAt" | "countAt" | "decode" | "decodeRange"
  > & {
    readonly timestamps: Float64Array;
    readonly values: Float64Array;
  };
  digest(): Pick<SampleDigest, "words" | "reset" | "add">;
}

export type BlockPageEncoder = ReturnType<PageTools["encoder"]>;
export type BlockPageDecoder = ReturnType<PageTools["decoder"]>;
export type BlockDigest = ReturnType<PageTools["digest"]>;
