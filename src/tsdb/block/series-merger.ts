/**
 * Several sources as one: series in order, each once, its samples by time. Where sources have a
 * sample at the same time, the earliest source wins; callers pass them by (epoch, first seq), so
 * that is the sample written first. What loses is counted and told. Used by reads and compaction.
 */
import { wordsOf } from "#model/staleness.ts";
import { compareIdentities, type BlockSeries, type BlockSeriesSource } from "./block-series.ts";
import { HistogramList } from "./histogram-list.ts";
import type { HistogramRows } from "./histogram-rows.ts";
import { RowColumns } from "./row-columns.ts";
import { sameWords } from "./value-words.ts";

export interface MergeCounts {
  /** Samples left out because the same bits stood there already. */
  duplicates: number;
  /** Samples left out although they had another value. */
  conflicts: number;
}

export class SeriesMerger implements BlockSeriesSource {
  readonly counts: MergeCounts = { duplicates: 0, conflicts: 0 };
  readonly #sources: readonly BlockSeriesSource[];
  /** The series each source stands at; null at its end. */
  readonly #heads: (BlockSeries | null)[] = [];
  readonly #onDropped: ((dropped: BlockSeries) => void) | null;
  /** Sources that take part in the series given out last. */
  #taken: number[] = [];
  readonly #merged = new RowColumns();
  readonly #other = new RowColumns();
  readonly #dropped = new RowColumns();
  readonly #histograms = new HistogramList();

  /** Sources in order of precedence. */
  constructor(
    sources: readonly BlockSeriesSource[],
    onDropped: ((dropped: BlockSeries) => void) | null = null,
  ) {
    this.#sources = sources;
    this.#onDropped = onDropped;
    this.#taken = sources.map((_, i) => i);
  }

  async next(): Promise<BlockSeries | null> {
    for (const i of this.#taken) this.#heads[i] = await this.#sources[i]!.next();
    this.#taken = this.#nextTaken();
    const [first, ...others] = this.#taken;
    if (first === undefined) return null;
    const lead = this.#heads[first]!;
    return others.length === 0 ? lead : this.#merge(lead, others);
  }

  close(): void {
    for (const source of this.#sources) source.close();
  }

  /** Sources that stand at the lowest series, in order of precedence. */
  #nextTaken(): number[] {
    let taken: number[] = [];
    let lowest: BlockSeries | null = null;
    for (const [i, head] of this.#heads.entries()) {
      if (head === null) continue;
      const order = lowest === null ? -1 : compareIdentities(head, lowest);
      if (order < 0) {
        lowest = head;
        taken = [i];
      } else if (order === 0) {
        taken.push(i);
      }
    }
    return taken;
  }

  #merge(lead: BlockSeries, others: readonly number[]): BlockSeries {
    this.#dropped.clear();
    let into = this.#merged;
    let from = this.#other;
    into.clear();
    into.pushRange(lead.timestamps, lead.values, lead.start, lead.end);
    for (const i of others) {
      [into, from] = [from, into];
      into.clear();
      this.#mergeTwo(into, from, this.#heads[i]!);
    }
    if (this.#dropped.length > 0) this.#onDropped?.(this.#dropped.seriesOf(lead, null));
    return into.seriesOf(lead, this.#histogramsOf(lead, others));
  }

  /** Of all that take part: whose sample won is found out by whoever looks at the samples. */
  #histogramsOf(lead: BlockSeries, others: readonly number[]): HistogramRows | null {
    const lists = [lead.histograms, ...others.map((i) => this.#heads[i]!.histograms)];
    const some = lists.filter((rows) => rows !== null);
    if (some.length <= 1) return some[0] ?? null;
    this.#histograms.mergeAll(some);
    return this.#histograms;
  }

  /** `into` = `won` and the rows of `late` at times that `won` does not have. */
  #mergeTwo(into: RowColumns, won: RowColumns, late: BlockSeries): void {
    const { timestamps, values } = won;
    const lateWords = wordsOf(late.values);
    let a = 0;
    let b = late.start;
    while (a < won.length && b < late.end) {
      const wonTime = timestamps[a]!;
      const lateTime = late.timestamps[b]!;
      if (wonTime < lateTime) {
        const end = runEnd(timestamps, a, won.length, lateTime);
        into.pushRange(timestamps, values, a, end);
        a = end;
      } else if (lateTime < wonTime) {
        const end = runEnd(late.timestamps, b, late.end, wonTime);
        into.pushRange(late.timestamps, late.values, b, end);
        b = end;
      } else {
        if (sameWords(lateWords, b, won.words, a)) this.counts.duplicates++;
        else this.counts.conflicts++;
        this.#dropped.pushWords(lateTime, lateWords, b);
        b++;
      }
    }
    into.pushRange(timestamps, values, a, won.length);
    into.pushRange(late.timestamps, late.values, b, late.end);
  }
}

/** First row behind `from` whose timestamp is at least `limit`, or `end`. */
function runEnd(timestamps: Float64Array, from: number, end: number, limit: number): number {
  let row = from + 1;
  while (row < end && timestamps[row]! < limit) row++;
  return row;
}
