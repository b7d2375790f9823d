/**
 * Buckets of a tier as the samples that a use asks for. Rows lie at times at which samples were, or
 * between them, so a bucket counts for a window when its last sample does; those outside the range
 * are left out.
 */
import { writeHistogramTagAt } from "#chunk/histogram/histogram-tag.ts";
import type { SampleUse } from "#storage/sample-use.ts";
import { RANGE_TOO_LARGE } from "#storage/storage-errors.ts";
import { EngineError } from "#base/engine-error.ts";
import type { TimeRange } from "#storage/queryable.ts";
import { STALE_NAN_HIGH, STALE_NAN_LOW } from "#model/staleness.ts";
import type { BlockSeries, BlockSeriesSource } from "../block/block-series.ts";
import type { HistogramRows } from "../block/histogram-rows.ts";
import { RowColumns } from "../block/row-columns.ts";
import type { TierAggregate, TierSeriesSource } from "../block/tier-cursor.ts";
import { NOT_STALE, type TierRows } from "../block/tier-rows.ts";

/** 128 MiB of one series: whoever counts more of them one by one asks for too much. */
const ROWS_MAX: number = 8 * 1024 * 1024;

/** The columns that a use wants read. */
export function aggregatesOf({ aggregate }: SampleUse): readonly TierAggregate[] {
  if (aggregate === "increase") return ["resets", "histogram"];
  if (aggregate === "each") return ["sum"];
  // Of the histograms of a bucket only the last is there: it says nothing of their sum.
  return aggregate === "last" ? ["histogram"] : [aggregate];
}

export class TierSamples implements BlockSeriesSource {
  readonly #source: TierSeriesSource;
  readonly #range: TimeRange;
  readonly #use: SampleUse;
  readonly #rows = new RowColumns();
  readonly #one = new Float64Array(1);
  readonly #oneWords = new Uint32Array(this.#one.buffer);

  constructor(source: TierSeriesSource, range: TimeRange, use: SampleUse) {
    this.#source = source;
    this.#range = range;
    this.#use = use;
  }

  async next(): Promise<BlockSeries | null> {
    for (;;) {
      const series = await this.#source.next();
      if (series === null) return null;
      this.#rows.clear();
      const { identity, rows } = series;
      const { histograms } = rows;
      for (let row = 0, at = 0; row < rows.length; row++) {
        this.#expand(rows, row);
        const endMs = row + 1 < rows.length ? rows.bucketMs[row + 1]! : Infinity;
        if (at < histograms.length && histograms.timestamps[at]! < endMs) {
          this.#putHistogram(histograms, at++);
        }
      }
      if (this.#rows.length === 0) continue;
      return this.#rows.seriesOf(identity, histograms.length === 0 ? null : histograms);
    }
  }

  close(): void {
    this.#source.close();
  }

  #expand(rows: TierRows, row: number): void {
    const { aggregate } = this.#use;
    const staleMs = rows.staleMs[row]!;
    if (rows.count[row]! > 0) {
      if (aggregate === "last") this.#expandLast(rows, row);
      else if (aggregate === "increase") this.#expandIncrease(rows, row);
      else if (aggregate === "each") this.#expandEach(rows, row);
      else this.#push(rows.lastMs[row]!, rows.words(aggregate), row);
    }
    // A marker ends what the newest value counts for; to sums and extremes it is nothing.
    if (staleMs !== NOT_STALE && aggregate === "last") {
      this.#oneWords[0] = STALE_NAN_LOW;
      this.#oneWords[1] = STALE_NAN_HIGH;
      this.#push(staleMs, this.#oneWords, 0);
    }
  }

  /** The last value; before it the first one, as often as it takes to stay the present one. */
  #expandLast(rows: TierRows, row: number): void {
    const { holdMs } = this.#use;
    const lastMs = rows.lastMs[row]!;
    if (holdMs < lastMs - rows.firstMs[row]!) {
      const first = rows.words("first");
      for (let at = rows.firstMs[row]!; at < lastMs; at += holdMs) this.#push(at, first, row);
    }
    this.#push(lastMs, rows.words("last"), row);
  }

  /** The counter's first and last value, and between them one reset of what all of them were. */
  #expandIncrease(rows: TierRows, row: number): void {
    const firstMs = rows.firstMs[row]!;
    const lastMs = rows.lastMs[row]!;
    const resets = rows.resets[row]!;
    if (rows.count[row]! > 1) {
      this.#push(firstMs, rows.words("first"), row);
      // NaN where the series is no counter.
      if (resets > 0 && lastMs - firstMs > 2) {
        this.#push(firstMs + 1, rows.words("resets"), row);
        this.#one[0] = 0;
        this.#push(firstMs + 2, this.#oneWords, 0);
      }
    }
    this.#push(lastMs, rows.words("last"), row);
  }

  /** As many rows as there were samples, spread over the same time, each of their average. */
  #expandEach(rows: TierRows, row: number): void {
    const firstMs = rows.firstMs[row]!;
    const lastMs = rows.lastMs[row]!;
    const count = rows.count[row]!;
    const value = rows.sum[row]! / count;
    if (this.#rows.length + count > ROWS_MAX) {
      const cause = `more than ${ROWS_MAX} samples of one series, counted one by one`;
      throw new EngineError(RANGE_TOO_LARGE, `cannot read aggregates: ${cause}`);
    }
    for (let i = 0; i < count; i++) {
      const at =
        count === 1 ? lastMs : firstMs + Math.floor(((lastMs - firstMs) * i) / (count - 1));
      this.#one[0] = value;
      this.#push(at, this.#oneWords, 0);
    }
  }

  /** At its time: there may be a later float in the bucket. */
  #putHistogram({ timestamps, bytes, start }: HistogramRows, at: number): void {
    const { minMs, maxMs } = this.#range;
    const timestamp = timestamps[at]!;
    if (timestamp < minMs || timestamp > maxMs) return;
    writeHistogramTagAt(this.#oneWords, 0, bytes, start[at], start[at + 1]);
    this.#rows.insertWords(timestamp, this.#oneWords, 0);
  }

  #push(at: number, words: Uint32Array, row: number): void {
    const { minMs, maxMs } = this.#range;
    if (at >= minMs && at <= maxMs) this.#rows.pushWords(at, words, row);
  }
}
