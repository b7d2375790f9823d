/**
 * The page coders of one thread over one page kernel. Returned ones are lent again; decoders are few
 * and change hands, so that any number of blocks may be read side by side. One per thread.
 */
import { assert } from "#base/assert.ts";
import { PAGE_BYTES_MAX } from "#chunk/page-header.ts";
import type { PageCompressor } from "#chunk/page-compression.ts";
import { PageDecoder } from "#chunk/page-decoder.ts";
import { PageEncoder, type PageEncoderOptions } from "#chunk/page-encoder.ts";
import { SampleDigest } from "#chunk/sample-digest.ts";
import type { PageKernel } from "#kernels/page-kernel.ts";
import type { PageTools } from "./page-tools.ts";

/** A third of a MiB of kernel memory each; beyond, readers open their pages again. */
const DECODERS_MAX = 48;
/** Half a MiB each: a tier has eight columns, a merge makes two tiers beside the raw block. */
const ENCODERS_MAX = 64;

export function createPageTools(
  kernel: PageKernel,
  compressor: PageCompressor,
  packing: PageEncoderOptions["packing"],
): PageTools {
  const encoders: PageEncoder[] = [];
  const decoders: PageDecoder[] = [];
  const digests: SampleDigest[] = [];
  let encoderCount = 0;
  let decoderCount = 0;
  /** Lent decoders that may be taken away, the one lent first in front. */
  const revocable = new Map<PageDecoder, () => void>();
  const revoked = (): PageDecoder | undefined => {
    if (decoderCount < DECODERS_MAX) return undefined;
    for (const [decoder, onRevoked] of revocable) {
      revocable.delete(decoder);
      onRevoked();
      return decoder;
    }
    return undefined;
  };
  const makeEncoder = (): PageEncoder => {
    assert(encoderCount < ENCODERS_MAX, () => `page tools: got ${encoderCount} encoders lent`);
    encoderCount++;
    return new PageEncoder(kernel, options);
  };
  const makeDecoder = (): PageDecoder => {
    decoderCount++;
    return new PageDecoder(kernel, compressor);
  };
  const options: PageEncoderOptions = { packing, pageBytesMax: PAGE_BYTES_MAX };
  return {
    compressor,
    lendEncoder: () => {
      const encoder = encoders.pop() ?? makeEncoder();
      encoder.reset();
      return encoder;
    },
    lendDecoder: (onRevoked) => {
      const decoder = decoders.pop() ?? revoked() ?? makeDecoder();
      if (onRevoked !== null) revocable.set(decoder, onRevoked);
      return decoder;
    },
    lendDigest: () => {
      const digest = digests.pop() ?? new SampleDigest(kernel);
      digest.reset();
      return digest;
    },
    takeBack: (lent) => {
      if (lent instanceof PageEncoder) {
        lent.sharedClocks = null;
        encoders.push(lent);
      } else if (lent instanceof PageDecoder) {
        revocable.delete(lent);
        decoders.push(lent);
      } else if (lent instanceof SampleDigest) digests.push(lent);
      else assert(false, "page tools: got back what was not lent");
    },
  };
}
