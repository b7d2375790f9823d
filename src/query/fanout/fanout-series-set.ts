/** The series of a selection over all workers, in the order of their slices. */
import { LabelsDecoder } from "#model/canonical-labels.ts";
import type { SeriesBatch, SeriesSet } from "#storage/queryable.ts";
import type { SeriesSlice } from "#storage/read-view.ts";
import { seriesBatchOf } from "#storage/series-batch.ts";
import type { OrderedSlices } from "./ordered-slices.ts";

export class FanoutSeriesSet implements SeriesSet {
  readonly #slices: OrderedSlices<SeriesSlice>;
  readonly #decoder = new LabelsDecoder();

  /** Takes the slices over. */
  constructor(slices: OrderedSlices<SeriesSlice>) {
    this.#slices = slices;
  }

  async next(): Promise<SeriesBatch | null> {
    const slice = await this.#slices.next();
    return slice === null ? null : seriesBatchOf(slice, this.#decoder);
  }

  infos(): readonly string[] {
    return this.#slices.infos();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#slices.close();
    return Promise.resolve();
  }
}
