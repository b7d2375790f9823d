/**
 * The words of warnings and infos, without the prefix that `Annotations` puts before them. Clients
 * and the conformance scripts match them, so they equal those of Prometheus.
 */
import { formatFloatCompact } from "#model/format-float.ts";
import { quote } from "./parse/go-quote.ts";

export type HistogramOperation = "addition" | "subtraction" | "aggregation";

export function invalidQuantile(value: number): string {
  return `quantile value should be between 0 and 1, got ${formatFloatCompact(value)}`;
}

export function invalidRatio(value: number, cap: number): string {
  return (
    `ratio value should be between -1 and 1, got ${formatFloatCompact(value)}, ` +
    `capping to ${formatFloatCompact(cap)}`
  );
}

export function badBucketLabel(metricName: string, label: string): string {
  const text = `bucket label "le" is missing or has a malformed value of ${quote(label)}`;
  return withMetric(text, metricName);
}

export function mixedFloatsHistograms(metricName: string): string {
  return `encountered a mix of histograms and floats for metric name ${quote(metricName)}`;
}

export function mixedFloatsHistogramsAggregation(): string {
  return "encountered a mix of histograms and floats for aggregation";
}

export function mixedClassicNative(metricName: string): string {
  return withMetric("vector contains a mix of classic and native histograms", metricName);
}

export function nativeNotCounter(metricName: string): string {
  return `this native histogram metric is not a counter: ${quote(metricName)}`;
}

export function nativeNotGauge(metricName: string): string {
  return `this native histogram metric is not a gauge: ${quote(metricName)}`;
}

export function mixedExponentialCustom(metricName: string): string {
  return (
    "vector contains a mix of histograms with exponential and custom buckets schemas for metric " +
    `name ${quote(metricName)}`
  );
}

export function incompatibleBuckets(operator: string): string {
  return `incompatible bucket layout encountered for binary operator ${operator}`;
}

export function sortInRangeQuery(): string {
  return "sort is ineffective for range queries since results are always ordered by labels";
}

export function possibleNonCounter(metricName: string): string {
  return (
    "metric might not be a counter, name does not end in _total/_sum/_count/_bucket: " +
    quote(metricName)
  );
}

export function possibleNonCounterType(metricName: string, type: string): string {
  return (
    'metric might not be a counter, __type__ label is not set to "counter" or "histogram", ' +
    `got ${quote(type)}: ${quote(metricName)}`
  );
}

export function forcedMonotonicity(metricName: string): string {
  const text =
    "input to histogram_quantile needed to be fixed for monotonicity (see " +
    "https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)";
  return withMetric(text, metricName);
}

export function incompatibleTypes(left: string, operator: string, right: string): string {
  return (
    `incompatible sample types encountered for binary operator ${quote(operator)}: ` +
    `${left} ${operator} ${right}`
  );
}

export function histogramIgnored(aggregation: string): string {
  return `ignored histogram in ${aggregation} aggregation`;
}

export function histogramsIgnoredInRange(metricName: string): string {
  return (
    "ignored histograms in a range containing both floats and histograms for metric name " +
    quote(metricName)
  );
}

export function quantileNanResult(metricName: string): string {
  const text = "input to histogram_quantile has NaN observations, result is NaN";
  return withMetric(text, metricName);
}

export function quantileNanSkew(metricName: string): string {
  const text = "input to histogram_quantile has NaN observations, result is skewed higher";
  return withMetric(text, metricName);
}

export function fractionNans(metricName: string): string {
  const text =
    "input to histogram_fraction has NaN observations, which are excluded from all fractions";
  return withMetric(text, metricName);
}

export function counterResetCollision(operation: HistogramOperation): string {
  return `conflicting counter resets during histogram ${operation}`;
}

export function boundsReconciled(operation: HistogramOperation): string {
  return `mismatched custom buckets were reconciled during ${operation}`;
}

export function startTimeOverlap(metricName: string): string {
  return (
    "sample has start time that overlaps with previous sample timestamp for metric " +
    quote(metricName)
  );
}

function withMetric(text: string, metricName: string): string {
  return metricName === "" ? text : `${text} for metric name ${quote(metricName)}`;
}
