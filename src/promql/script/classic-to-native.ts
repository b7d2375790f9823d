/**
 * `load_with_nhcb`: from series `x_bucket`, `x_count`, `x_sum` a native histogram `x` with custom
 * buckets per timestamp.
 */
import { compactHistogram } from "#model/histogram/compact-histogram.ts";
import { makeHistogram } from "#model/histogram/make-histogram.ts";
import { CUSTOM_BUCKETS_SCHEMA, type FloatHistogram } from "#model/float-histogram.ts";
import { type Labels, labelsKey, labelValue, METRIC_NAME } from "#model/labels.ts";
import { parseFloat64 } from "#model/parse-float.ts";
import { dropLabels, withLabel } from "../columns/label-edit.ts";
import type { MemorySample } from "./memory-queryable.ts";

export interface LoadedSeries {
  readonly labels: Labels;
  readonly samples: readonly MemorySample[];
}

interface Gathered {
  readonly labels: Labels;
  readonly byTime: Map<number, ClassicSample>;
}

interface ClassicSample {
  /** Cumulative counts by upper bound. */
  readonly buckets: Map<number, number>;
  count: number | null;
  sum: number;
}

const SUFFIX = /_(bucket|count|sum)$/;

export function classicToNative(series: readonly LoadedSeries[]): LoadedSeries[] {
  const gathered = new Map<string, Gathered>();
  for (const { labels, samples } of series) {
    const name = labelValue(labels, METRIC_NAME);
    const suffix = SUFFIX.exec(name)?.[1];
    const bound = parseFloat64(labelValue(labels, "le"));
    if (suffix === undefined || (suffix === "bucket" && (bound === null || Number.isNaN(bound)))) {
      continue;
    }
    const base = withLabel(dropLabels(labels, ["le"]), METRIC_NAME, name.replace(SUFFIX, ""));
    const key = labelsKey(base);
    let group = gathered.get(key);
    if (group === undefined) gathered.set(key, (group = { labels: base, byTime: new Map() }));
    for (const sample of samples) addSample(group, suffix, bound ?? 0, sample);
  }
  return [...gathered.values()].map(({ labels, byTime }) => ({
    labels,
    samples: [...byTime]
      .sort(([a], [b]) => a - b)
      .map(([timeMs, classic]) => ({ timeMs, startMs: 0, value: toNative(classic) })),
  }));
}

function addSample(
  { byTime }: Gathered,
  suffix: string,
  bound: number,
  { timeMs, value }: MemorySample,
): void {
  if (typeof value !== "number") return;
  let classic = byTime.get(timeMs);
  if (classic === undefined) {
    byTime.set(timeMs, (classic = { buckets: new Map(), count: null, sum: 0 }));
  }
  if (suffix === "bucket") classic.buckets.set(bound, value);
  else if (suffix === "count") classic.count = value;
  else classic.sum = value;
}

function toNative({ buckets, count, sum }: ClassicSample): FloatHistogram {
  const ascending = [...buckets].sort(([a], [b]) => a - b);
  const total = count ?? ascending.at(-1)?.[1] ?? 0;
  if (ascending.at(-1)?.[0] !== Infinity) ascending.push([Infinity, total]);
  const counts = Float64Array.from(
    ascending,
    ([, cumulative], i) => cumulative - (ascending[i - 1]?.[1] ?? 0),
  );
  return compactHistogram(
    makeHistogram({
      schema: CUSTOM_BUCKETS_SCHEMA,
      count: total,
      sum,
      positive: { indexes: Int32Array.from(counts, (_, i) => i), counts },
      customValues: Float64Array.from(ascending.slice(0, -1), ([bound]) => bound),
    }),
  );
}
