/**
 * Reads the series of a selector batch by batch and shows each as columns of its own. Views share
 * the memory of their batch.
 */
import type { FloatHistogram } from "#model/float-histogram.ts";
import type { Labels } from "#model/labels.ts";
import { wordsOf } from "#model/staleness.ts";
import type { SampleUse } from "#storage/sample-use.ts";
import type { SeriesBatch } from "#storage/queryable.ts";
import type { SelectorPlan } from "../plan/plan-node.ts";
import type { EvalContext } from "./eval-context.ts";
import { totalsOf } from "./histogram-totals.ts";

export interface SeriesView {
  readonly labels: Labels;
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** `values` as words, to tell stale markers. */
  readonly words: Uint32Array;
  /** Aligned with `times`; null when no sample is a histogram. */
  readonly histograms: readonly (FloatHistogram | null)[] | null;
  readonly starts: Float64Array | null;
}

/** Bytes of one sample in a batch: time and value. */
const SAMPLE_BYTES = 16;

export async function* readSeries(
  context: EvalContext,
  { matchers, totalsOnly }: Pick<SelectorPlan, "matchers" | "totalsOnly">,
  minMs: number,
  maxMs: number,
  use: SampleUse,
): AsyncGenerator<readonly SeriesView[]> {
  const { budget, pace, tenant, missing } = context;
  pace.check();
  await using set = context.queryable.select(
    { tenant, matchers, minMs, maxMs, use, missing },
    context.signal,
  );
  for (;;) {
    const batch = await set.next();
    if (batch === null) break;
    budget.readSeries(batch.labels.length, batch.timestamps.length);
    budget.holdBytes(batch.timestamps.length * SAMPLE_BYTES);
    yield viewsOf(batch, totalsOnly);
    // The consumer keeps none of the batch, only what it accounts for itself.
    budget.holdBytes(-batch.timestamps.length * SAMPLE_BYTES);
    if (pace.spend(batch.timestamps.length)) await pace.pause();
  }
  for (const info of set.infos()) context.annotations.foreign("info", info);
}

/** A series of floats that owns the rows `[from, to)` of both columns. */
export function floatView(
  labels: Labels,
  timestamps: Float64Array,
  column: Float64Array,
  from: number,
  to: number,
): SeriesView {
  const values = column.subarray(from, to);
  return {
    labels,
    times: timestamps.subarray(from, to),
    values,
    // Looked at where a value is NaN only.
    get words() {
      return wordsOf(values);
    },
    histograms: null,
    starts: null,
  };
}

function viewsOf(batch: SeriesBatch, totalsOnly: boolean): SeriesView[] {
  return batch.labels.map((labels, i) => {
    const from = batch.sampleStart[i]!;
    const to = batch.sampleStart[i + 1]!;
    const values = batch.values.subarray(from, to);
    const slice = batch.histograms?.slice(from, to) ?? null;
    const histograms = slice !== null && totalsOnly ? totalsOf(slice) : slice;
    return {
      labels,
      times: batch.timestamps.subarray(from, to),
      values,
      words: wordsOf(values),
      histograms: histograms?.some((histogram) => histogram !== null) ? histograms : null,
      starts: batch.startTimestamps?.subarray(from, to) ?? null,
    };
  });
}
