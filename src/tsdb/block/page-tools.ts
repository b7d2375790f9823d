/**
 * What blocks need of the page codec. Encoders, decoders and digests hold kernel memory, so a thread
 * lends them out and takes them back: whoever has one has it for himself until he returns it.
 */
import type { PageCompressor } from "#chunk/page-compression.ts";
import type { PageDecoder } from "#chunk/page-decoder.ts";
import type { PageEncoder } from "#chunk/page-encoder.ts";
import type { SampleDigest } from "#chunk/sample-digest.ts";

export type BlockPageEncoder = Pick<
  PageEncoder,
  "reset" | "sharedClocks" | "add" | "addItems" | "finish"
>;

export type BlockPageDecoder = Pick<
  PageDecoder,
  | "open"
  | "columnCount"
  | "find"
  | "seriesAt"
  | "countAt"
  | "decode"
  | "decodeRange"
  | "decodeItems"
> & {
  readonly timestamps: Float64Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
  readonly items: Uint8Array<ArrayBuffer>;
  readonly itemEnds: Uint32Array<ArrayBuffer>;
};

export type BlockDigest = Pick<SampleDigest, "words" | "reset" | "add">;

export interface PageTools {
  readonly compressor: PageCompressor;
  /** Empty. */
  lendEncoder(): BlockPageEncoder;
  /**
   * With `onRevoked` the decoder may be taken away whenever the borrower waits for something: then it
   * is called, and the decoder is somebody else's. So any number may read, each page opened again
   * when there are too many.
   */
  lendDecoder(onRevoked: (() => void) | null): BlockPageDecoder;
  lendDigest(): BlockDigest;
  /** What was revoked is not given back. */
  takeBack(lent: BlockPageEncoder | BlockPageDecoder | BlockDigest): void;
}
