/**
 * A source of series cut into slices of bounded size. The source is opened by the first call, so a
 * selection of many shards holds the blocks of the one at hand only.
 */
import type { SliceReader } from "#storage/block-reads.ts";
import type { SeriesSlice } from "#storage/read-view.ts";
import type { BlockSeries, BlockSeriesSource } from "../block/block-series.ts";
import { eachHistogram } from "../block/each-histogram.ts";
import { SliceBuilder } from "../shard-store/slice-builder.ts";

/** Is not closed while a `next` is under way. */
export class MergedSlices implements SliceReader {
  readonly #open: () => Promise<BlockSeriesSource>;
  readonly #signal: AbortSignal;
  readonly #infos: readonly string[];
  readonly #slice = new SliceBuilder();
  #source: BlockSeriesSource | null = null;
  /** Did not fit the slice before. */
  #waiting: BlockSeries | null = null;
  #isClosed = false;

  constructor(
    open: () => Promise<BlockSeriesSource>,
    signal: AbortSignal,
    infos: readonly string[],
  ) {
    this.#open = open;
    this.#signal = signal;
    this.#infos = infos;
  }

  async next(): Promise<SeriesSlice | null> {
    if (this.#isClosed) return null;
    const source = (this.#source ??= await this.#open());
    for (;;) {
      this.#signal.throwIfAborted();
      const series = this.#waiting ?? (await source.next());
      this.#waiting = null;
      if (series === null) {
        this.close();
        return this.#slice.seriesCount === 0 ? null : this.#slice.take();
      }
      if (this.#add(series)) continue;
      this.#waiting = series;
      return this.#slice.take();
    }
  }

  infos(): readonly string[] {
    return this.#infos;
  }

  close(): void {
    this.#isClosed = true;
    this.#waiting = null;
    this.#source?.close();
    this.#source = null;
  }

  /** False when the slice is full. */
  #add(series: BlockSeries): boolean {
    const { labels, timestamps, values, start, end } = series;
    const { columns } = this.#slice;
    const shift = columns.rows - start;
    columns.reserve(end - start);
    columns.timestamps.set(timestamps.subarray(start, end), columns.rows);
    columns.values.set(values.subarray(start, end), columns.rows);
    columns.rows += end - start;
    eachHistogram(series, (row, { bytes, start: starts }, at) => {
      this.#slice.pushHistogram(row + shift, bytes, starts[at]!, starts[at + 1]!);
    });
    return this.#slice.add(labels);
  }
}
