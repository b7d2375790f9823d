/**
 * Digest of samples: two independent sums mod 2^64 of a mix of (fingerprint, timestamp, value
 * bits). Order does not count and sums of parts add up, so pages, blocks, hours and replicas can be
 * compared. Fixed for ever by golden vectors; the mix is in FORMAT.md.
 */
import type { KernelRegion } from "#kernels/kernel-memory.ts";
import type { PageKernel } from "#kernels/page-kernel.ts";

/** Words of a digest: sum a low, high, sum b low, high. */
export const DIGEST_WORDS = 4;
/** Samples that go to the kernel at a time. */
const BATCH_SAMPLES = 1024;

export class SampleDigest {
  readonly #kernel: PageKernel;
  readonly #sums: KernelRegion;
  /** The sums so far. */
  readonly words: Uint32Array = new Uint32Array(DIGEST_WORDS);

  constructor(kernel: PageKernel) {
    const { memory } = kernel;
    this.#kernel = kernel;
    this.#sums = memory.allocate(`sample digest ${memory.regions().length}`, DIGEST_WORDS * 4);
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
    const { calls, memory, timestamps: clock, values: input } = this.#kernel;
    const { f64, u32 } = memory.views();
    const sumsAt = this.#sums.offset / 4;
    u32.set(this.words, sumsAt);
    for (let from = start; from < end; from += BATCH_SAMPLES) {
      const to = Math.min(end, from + BATCH_SAMPLES);
      f64.set(timestamps.subarray(from, to), clock.offset / 8);
      f64.set(values.subarray(from, to), input.offset / 8);
      calls.digestAdd(
        this.#sums.offset,
        fingerprintLow,
        fingerprintHigh,
        clock.offset,
        input.offset,
        to - from,
      );
    }
    this.words.set(u32.subarray(sumsAt, sumsAt + DIGEST_WORDS));
  }

  /** Adds the digest of other samples. */
  merge(words: Uint32Array): void {
    for (let sum = 0; sum < DIGEST_WORDS; sum += 2) {
      const low = this.words[sum]! + words[sum]!;
      const carry = low > 0xffff_ffff ? 1 : 0;
      this.words[sum] = low;
      this.words[sum + 1] = this.words[sum + 1]! + words[sum + 1]! + carry;
    }
  }
}
