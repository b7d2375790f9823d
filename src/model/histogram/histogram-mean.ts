/**
 * The mean of native histograms: their compensated sum divided at the end. When the sum overflows a
 * float it goes on as a running mean, which costs accuracy but stays finite.
 */
import type { FloatHistogram } from "#model/float-histogram.ts";
import { ADD_INCOMPATIBLE, HistogramAccumulator } from "./histogram-accumulator.ts";
import { divideHistogram } from "./scale-histogram.ts";

export class HistogramMean {
  #total: HistogramAccumulator;
  #count = 1;
  /** `#total` holds the mean so far, not the sum. */
  #running = false;

  constructor(first: FloatHistogram) {
    this.#total = new HistogramAccumulator(first);
  }

  /** Returns a set of `ADD_...` bits; after `ADD_INCOMPATIBLE` nothing has changed. */
  add(histogram: FloatHistogram): number {
    if (!this.#running) {
      const sum = this.#total.clone();
      const outcome = sum.add(histogram);
      if ((outcome & ADD_INCOMPATIBLE) !== 0) return outcome;
      if (!sum.hasOverflow()) {
        this.#total = sum;
        this.#count++;
        return outcome;
      }
      this.#running = true;
      this.#total.scale(1 / this.#count);
    }
    const count = this.#count + 1;
    const before = this.#total.clone();
    before.scale(this.#count / count);
    const outcome = before.add(divideHistogram(histogram, count));
    if ((outcome & ADD_INCOMPATIBLE) !== 0) return outcome;
    this.#total = before;
    this.#count = count;
    return outcome;
  }

  toHistogram(): FloatHistogram {
    const histogram = this.#total.toHistogram();
    return this.#running ? histogram : divideHistogram(histogram, this.#count);
  }
}
