/**
 * A source of series cut into slices of bounded size. The source is opened by the first call, so a
 * selection of many shards holds the blocks of the one at hand only.
 */
import type { SliceReader } from "#storage/block-reads.ts";
import type { PlacedSlice } from "#storage/read-view.ts";
import type { BlockSeries, BlockSeriesSource } from "../block/block-series.ts";
import { eachHistogram } from "../block/each-histogram.ts";
import { SliceBuilder } from "../shard-store/slice-builder.ts";

/** Is not closed while a `next` is under way. */
export class MergedSlices implements SliceReader<PlacedSlice> {
  readonly #open: () => Promise<BlockSeriesSource>;
  readonly #signal: AbortSignal;
  readonly #infos: readonly string[];
  readonly #slice = new SliceBuilder();
  /** Two words per series of the slice. */
  readonly #placements: number[] = [];
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

  async next(): Promise<PlacedSlice | null> {
    if (this.#isClosed) return null;
    const source = (this.#source ??= await this.#open());
    for (;;) {
      this.#signal.throwIfAborted();
      const series = this.#waiting ?? (await source.next());
      this.#waiting = null;
      if (series === null) {
        this.close();
        return this.#slice.seriesCount === 0 ? null : this.#take();
      }
      if (this.#add(series)) continue;
      this.#waiting = series;
      return this.#take();
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

  #take(): PlacedSlice {
    const placements = Uint32Array.from(this.#placements);
    this.#placements.length = 0;
    return { ...this.#slice.take(), placements };
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
    if (!this.#slice.add(labels)) return false;
    this.#placements.push(series.placementLow, series.placementHigh);
    return true;
  }
}
