/**
 * Books of a merge: the digests of what went in, minus what was left out on purpose, must be the
 * digest of what came out. Before that holds no source is released.
 */
import { EngineError } from "#base/engine-error.ts";
import { CORRUPTION } from "#storage/storage-errors.ts";
import type { DigestWords } from "../block/block-meta.ts";
import type { BlockSeries } from "../block/block-series.ts";
import { addDigest, digestWordsOf, sameDigest, subtractDigest } from "../block/hour-digests.ts";
import type { BlockDigest } from "../block/page-tools.ts";

export class DigestBalance {
  readonly #digest: BlockDigest;
  readonly #sum = new Uint32Array(4);
  #samples = 0;

  /** The digest is returned by its owner. */
  constructor(digest: BlockDigest) {
    this.#digest = digest;
  }

  addWhole(digest: DigestWords, samples: number): void {
    addDigest(this.#sum, 0, digest);
    this.#samples += samples;
  }

  subtractWhole(digest: DigestWords, samples: number): void {
    subtractDigest(this.#sum, 0, digest);
    this.#samples -= samples;
  }

  addSeries(series: BlockSeries): void {
    addDigest(this.#sum, 0, this.#digestOf(series));
    this.#samples += series.end - series.start;
  }

  subtractSeries(series: BlockSeries): void {
    subtractDigest(this.#sum, 0, this.#digestOf(series));
    this.#samples -= series.end - series.start;
  }

  /** Throws `storage.corruption` when the result is not what must be left. */
  check(what: string, digest: DigestWords, samples: number): void {
    if (samples === this.#samples && sameDigest(digest, this.#sum)) return;
    const want = digestWordsOf(this.#sum);
    throw new EngineError(
      CORRUPTION,
      `cannot merge ${what}: got ${samples} samples of digest ${digest.join(" ")}, ` +
        `want ${this.#samples} of ${want.join(" ")}`,
      { data: { samples, wantSamples: this.#samples } },
    );
  }

  #digestOf(series: BlockSeries): Uint32Array {
    const { fingerprintLow, fingerprintHigh, timestamps, values, start, end } = series;
    this.#digest.reset();
    this.#digest.add(fingerprintLow, fingerprintHigh, timestamps, values, start, end);
    return this.#digest.words;
  }
}
