/**
 * Text forms of native histograms: the compact one that `count_values` puts into labels, and the
 * `{{...}}` one that scripts write and failures show.
 */
import type { FloatHistogram } from "#model/float-histogram.ts";
import { formatFloatCompact } from "#model/format-float.ts";
import { usesCustomBuckets } from "./bucket-bounds.ts";
import { bucketList, CLOSED_BOTH, OPEN_LEFT } from "./bucket-list.ts";
import { type BucketSide, negativeSide, positiveSide } from "./bucket-side.ts";
import { compactHistogram } from "./compact-histogram.ts";

/** `{count:2, sum:3, (1,2]:2}`. */
export function formatHistogram(histogram: FloatHistogram): string {
  // Overlap with the zero bucket is not cut in this form.
  const list = bucketList({ ...histogram, zeroThreshold: 0, zeroCount: 0 });
  const parts = [
    `count:${formatFloatCompact(histogram.count)}`,
    `sum:${formatFloatCompact(histogram.sum)}`,
  ];
  let zero = histogram.zeroCount === 0 ? null : zeroText(histogram);
  for (let i = 0; i < list.length; i++) {
    if (list.counts[i] === 0) continue;
    if (zero !== null && list.lower[i]! >= 0 && !usesCustomBuckets(histogram)) {
      parts.push(zero);
      zero = null;
    }
    const edge = list.edges[i]!;
    const bounds = `${formatFloatCompact(list.lower[i]!)},${formatFloatCompact(list.upper[i]!)}`;
    const open = edge === CLOSED_BOTH || edge !== OPEN_LEFT ? "[" : "(";
    const close = edge === CLOSED_BOTH || edge === OPEN_LEFT ? "]" : ")";
    parts.push(`${open}${bounds}${close}:${formatFloatCompact(list.counts[i]!)}`);
  }
  if (zero !== null) parts.push(zero);
  return `{${parts.join(", ")}}`;
}

function zeroText({ zeroThreshold, zeroCount }: FloatHistogram): string {
  const lower = formatFloatCompact(-zeroThreshold);
  return `[${lower},${formatFloatCompact(zeroThreshold)}]:${formatFloatCompact(zeroCount)}`;
}

/** The script form; gaps between buckets are written as zeros. */
export function formatHistogramLiteral(histogram: FloatHistogram): string {
  const compact = compactHistogram(histogram);
  const parts: string[] = [];
  const number = (key: string, value: number): void => {
    if (value !== 0) parts.push(`${key}:${formatFloatCompact(value)}`);
  };
  number("schema", compact.schema);
  number("count", compact.count);
  number("sum", compact.sum);
  number("z_bucket", compact.zeroCount);
  number("z_bucket_w", compact.zeroThreshold);
  if (usesCustomBuckets(compact)) parts.push(`custom_values:${listText(compact.customValues)}`);
  if (compact.counterResetHint !== "unknown") {
    parts.push(`counter_reset_hint:${compact.counterResetHint}`);
  }
  const side = (key: string, offsetKey: string, buckets: BucketSide): void => {
    if (buckets.indexes.length === 0) return;
    number(offsetKey, buckets.indexes[0]!);
    parts.push(`${key}:${listText(withGaps(buckets))}`);
  };
  side("buckets", "offset", positiveSide(compact));
  side("n_buckets", "n_offset", negativeSide(compact));
  return `{{${parts.join(" ")}}}`;
}

function withGaps({ indexes, counts }: BucketSide): Float64Array {
  const first = indexes[0]!;
  const dense = new Float64Array(indexes.at(-1)! - first + 1);
  indexes.forEach((index, i) => {
    dense[index - first] = counts[i]!;
  });
  return dense;
}

function listText(values: Float64Array): string {
  return `[${Array.from(values, formatFloatCompact).join(" ")}]`;
}
