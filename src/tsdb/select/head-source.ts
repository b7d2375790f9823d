/** What the head of a shard holds of a selection, as a source that merges with blocks. */
import type { HeadSlices } from "#storage/block-reads.ts";
import type { GenerationSlice } from "#storage/head-generation.ts";
import type { BlockSeries, BlockSeriesSource } from "../block/block-series.ts";
import { seriesAt } from "../block/series-at.ts";

export class HeadSource implements BlockSeriesSource {
  readonly #slices: HeadSlices;
  #slice: GenerationSlice | null = null;
  #at = 0;
  #isDone = false;

  constructor(slices: HeadSlices) {
    this.#slices = slices;
  }

  async next(): Promise<BlockSeries | null> {
    while (!this.#isDone) {
      const slice = this.#slice;
      if (slice !== null && this.#at < slice.seriesCount) return seriesAt(slice, this.#at++);
      this.#slice = await this.#slices.next();
      this.#at = 0;
      this.#isDone = this.#slice === null;
    }
    return null;
  }

  close(): void {
    this.#isDone = true;
    this.#slice = null;
  }
}
