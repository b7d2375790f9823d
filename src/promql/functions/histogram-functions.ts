/** Functions of one native histogram; floats are dropped. */
import { CompensatedSum } from "#model/compensated-sum.ts";
import type { FloatHistogram } from "#model/float-histogram.ts";
import { usesCustomBuckets } from "#model/histogram/bucket-bounds.ts";
import { bucketList } from "#model/histogram/bucket-list.ts";

export type HistogramFunction = (histogram: FloatHistogram) => number;

export const HISTOGRAM_FUNCTIONS: ReadonlyMap<string, HistogramFunction> = new Map<
  string,
  HistogramFunction
>([
  ["histogram_avg", (histogram) => histogram.sum / histogram.count],
  ["histogram_count", (histogram) => histogram.count],
  ["histogram_stddev", (histogram) => Math.sqrt(variance(histogram))],
  ["histogram_stdvar", variance],
  ["histogram_sum", (histogram) => histogram.sum],
]);

/** Every observation counts as the middle of its bucket: geometric, but arithmetic if custom. */
function variance(histogram: FloatHistogram): number {
  const mean = histogram.sum / histogram.count;
  const custom = usesCustomBuckets(histogram);
  const list = bucketList(histogram);
  const total = new CompensatedSum();
  for (let i = 0; i < list.length; i++) {
    const count = list.counts[i]!;
    if (count === 0) continue;
    const distance = middle(list.lower[i]!, list.upper[i]!, custom) - mean;
    total.add(count * distance * distance);
  }
  return total.result() / histogram.count;
}

function middle(lower: number, upper: number, custom: boolean): number {
  if (custom) return (upper + lower) / 2;
  if (lower <= 0 && upper >= 0) return 0;
  const size = Math.sqrt(upper * lower);
  return upper < 0 ? -size : size;
}
