/**
 * Several sources of buckets as one: series in order, each once, buckets by time. Where sources have
 * the same bucket the first source wins; callers pass the newest written first, because a bucket is
 * always made of all samples that were there, and so the newest knows the most.
 */
import { compareIdentities, type SeriesIdentity } from "./block-series.ts";
import type { TierSeries, TierSeriesSource } from "./tier-cursor.ts";
import { TierRows } from "./tier-rows.ts";

export class TierMerger implements TierSeriesSource {
  readonly #sources: readonly TierSeriesSource[];
  /** The series each source stands at; null at its end. */
  readonly #heads: (TierSeries | null)[] = [];
  readonly #onDropped: ((series: SeriesIdentity, rows: TierRows) => void) | null;
  #taken: number[];
  #merged = new TierRows();
  #other = new TierRows();
  readonly #dropped = new TierRows();

  constructor(
    sources: readonly TierSeriesSource[],
    onDropped: ((series: SeriesIdentity, rows: TierRows) => void) | null = null,
  ) {
    this.#sources = sources;
    this.#onDropped = onDropped;
    this.#taken = sources.map((_, i) => i);
  }

  async next(): Promise<TierSeries | null> {
    for (const i of this.#taken) this.#heads[i] = await this.#sources[i]!.next();
    this.#taken = this.#nextTaken();
    const [first, ...others] = this.#taken;
    if (first === undefined) return null;
    const lead = this.#heads[first]!;
    if (others.length === 0) return lead;
    this.#merged.clear();
    this.#merged.pushRange(lead.rows, 0, lead.rows.length);
    for (const i of others) {
      [this.#merged, this.#other] = [this.#other, this.#merged];
      this.#merged.clear();
      this.#mergeTwo(lead.identity, this.#merged, this.#other, this.#heads[i]!.rows);
    }
    return { identity: lead.identity, rows: this.#merged };
  }

  close(): void {
    for (const source of this.#sources) source.close();
  }

  /** Sources that stand at the lowest series, in order of precedence. */
  #nextTaken(): number[] {
    let taken: number[] = [];
    let lowest: SeriesIdentity | null = null;
    for (const [i, head] of this.#heads.entries()) {
      if (head === null) continue;
      const order = lowest === null ? -1 : compareIdentities(head.identity, lowest);
      if (order < 0) {
        lowest = head.identity;
        taken = [i];
      } else if (order === 0) {
        taken.push(i);
      }
    }
    return taken;
  }

  #mergeTwo(identity: SeriesIdentity, into: TierRows, won: TierRows, late: TierRows): void {
    const dropped = this.#dropped;
    dropped.clear();
    let a = 0;
    let b = 0;
    while (a < won.length && b < late.length) {
      const wonMs = won.bucketMs[a]!;
      const lateMs = late.bucketMs[b]!;
      if (wonMs <= lateMs) {
        into.pushRange(won, a, a + 1);
        a++;
        if (wonMs === lateMs) {
          dropped.pushRange(late, b, b + 1);
          b++;
        }
      } else {
        into.pushRange(late, b, b + 1);
        b++;
      }
    }
    into.pushRange(won, a, won.length);
    into.pushRange(late, b, late.length);
    if (dropped.length > 0) this.#onDropped?.(identity, dropped);
  }
}
