/**
 * Digest of samples: two independent sums mod 2^64 of a mix of (fingerprint, timestamp, value
 * bits). Order does not count and sums of parts add up, so pages, blocks, hours and replicas can be
 * compared. Fixed for ever by golden vectors.
 */
import type { PageKernel } from "#kernels/page-kernel.ts";

/** Words of a digest: sum a low, high, sum b low, high. */
export const DIGEST_WORDS = 4;

export class SampleDigest {
  /** The sums so far. */
  readonly words: Uint32Array = new Uint32Array(DIGEST_WORDS);

  constructor(kernel: PageKernel) {
    void kernel;
  }

  reset(): void {
    this.words.fill(0);
  }

  /** Adds samples `[start, end)` of one series. */
  add(
    fingerprintLow: number,
    fingerprintHigh: number,
    timestamps: Float64Array,
    values: Float64Array,
    start: number,
    end: number,
  ): void {
    void [fingerprintLow, fingerprintHigh, timestamps, values, start, end];
    throw new Error("not written yet");
  }

  /** Adds the digest of other samples. */
  merge(words: Uint32Array): void {
    void words;
    throw new Error("not written yet");
  }
}
