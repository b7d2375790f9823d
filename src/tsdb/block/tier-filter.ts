/**
 * A source of buckets without those that tombstones touch. A bucket cannot be cut: one that a
 * deleted range reaches into goes whole, so nothing that was deleted shows in an aggregate.
 */
import { LabelsDecoder } from "#model/canonical-labels.ts";
import type { TombstoneTest } from "../tombstone/tombstone-test.ts";
import type { SeriesIdentity } from "./block-series.ts";
import type { TierSeries, TierSeriesSource } from "./tier-cursor.ts";
import { TierRows } from "./tier-rows.ts";
import { bucketMsOf, type Tier } from "./tier.ts";

export class TierFilter implements TierSeriesSource {
  readonly #source: TierSeriesSource;
  readonly #tier: Tier;
  readonly #test: TombstoneTest;
  readonly #onHidden: ((series: SeriesIdentity, rows: TierRows) => void) | null;
  readonly #decoder = new LabelsDecoder();
  readonly #kept = new TierRows();
  readonly #hidden = new TierRows();

  constructor(
    source: TierSeriesSource,
    tier: Tier,
    test: TombstoneTest,
    onHidden: ((series: SeriesIdentity, rows: TierRows) => void) | null = null,
  ) {
    this.#source = source;
    this.#tier = tier;
    this.#test = test;
    this.#onHidden = onHidden;
  }

  async next(): Promise<TierSeries | null> {
    const bucketMs = bucketMsOf(this.#tier);
    for (;;) {
      const series = await this.#source.next();
      if (series === null) return null;
      const { identity, rows } = series;
      const labels = this.#decoder.decode(identity.labels, 0, identity.labels.length);
      const ranges = this.#test.hiddenRanges(identity.tenant, labels);
      if (ranges.length === 0) return series;
      this.#kept.clear();
      this.#hidden.clear();
      for (let row = 0; row < rows.length; row++) {
        const startMs = rows.bucketMs[row]!;
        const isHidden = ranges.some(
          ({ minMs, maxMs }) => startMs <= maxMs && startMs + bucketMs > minMs,
        );
        (isHidden ? this.#hidden : this.#kept).pushRange(rows, row, row + 1);
      }
      if (this.#hidden.length > 0) this.#onHidden?.(identity, this.#hidden);
      if (this.#kept.length > 0) return { identity, rows: this.#kept };
    }
  }

  close(): void {
    this.#source.close();
  }
}
