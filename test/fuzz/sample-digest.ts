/**
 * A sum over samples that does not depend on their order: two ways of splitting one body into
 * batches have equal digests when, and only when by chance otherwise, they hold the same samples.
 */
export class SampleDigest {
  count = 0;
  #low = 0;
  #high = 0;
  readonly #time = new Float64Array(1);
  readonly #timeWords = new Uint32Array(this.#time.buffer);

  /** `series` is any 32-bit name of shard and series; the value comes as its two words. */
  add(series: number, timestampMs: number, low: number, high: number): void {
    // Adding zero makes -0 and 0 one time.
    this.#time[0] = timestampMs + 0;
    let a = series | 0;
    let b = 0x9e37_79b9;
    for (const word of [this.#timeWords[0]!, this.#timeWords[1]!, low, high]) {
      a = Math.imul(a ^ word, 0x85eb_ca6b);
      a ^= a >>> 15;
      b = Math.imul((b + word) ^ a, 0xc2b2_ae35);
      b ^= b >>> 13;
    }
    this.#low = (this.#low + (a >>> 0)) % 2 ** 52;
    this.#high = (this.#high + (b >>> 0)) % 2 ** 52;
    this.count++;
  }

  get text(): string {
    return `${this.count} samples ${this.#low.toString(16)} ${this.#high.toString(16)}`;
  }
}
