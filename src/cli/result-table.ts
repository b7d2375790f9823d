/** A query result for a terminal: one line per series, or per point under a line per series. */
import type { HistogramPoint, Point, ResultReply, SeriesReply } from "./api-reply.ts";

const METRIC_NAME = "__name__";
const LEGACY_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

export function resultTable(result: ResultReply): string {
  if (result.resultType === "scalar" || result.resultType === "string") return result.result[1];
  if (result.result.length === 0) return "no series";
  if (result.resultType === "vector") return vectorTable(result.result);
  return result.result.map(seriesBlock).join("\n\n");
}

function vectorTable(series: readonly SeriesReply[]): string {
  const names = series.map((each) => metricText(each.metric));
  const width = Math.max(...names.map((name) => name.length));
  return series
    .map((each, i) => `${names[i]?.padEnd(width)}  ${pointText(each.value, each.histogram)}`)
    .join("\n");
}

function seriesBlock(series: SeriesReply): string {
  const floats = (series.values ?? []).map(([seconds, value]) => [seconds, value] as const);
  const histograms = (series.histograms ?? []).map(
    ([seconds, histogram]) => [seconds, histogramText(histogram)] as const,
  );
  const points = [...floats, ...histograms].sort(([a], [b]) => a - b);
  const lines = points.map(([seconds, text]) => `  ${timeText(seconds)}  ${text}`);
  return [metricText(series.metric), ...lines].join("\n");
}

/** As it would be written in a query. */
function metricText(metric: Readonly<Record<string, string>>): string {
  const name = metric[METRIC_NAME] ?? "";
  const isPlain = LEGACY_NAME.test(name);
  const labels = Object.entries(metric)
    .filter(([label]) => label !== METRIC_NAME)
    .map(([label, value]) => `${labelText(label)}=${JSON.stringify(value)}`);
  const inside = name === "" || isPlain ? labels : [JSON.stringify(name), ...labels];
  const braces = inside.length === 0 && isPlain ? "" : `{${inside.join(", ")}}`;
  return (isPlain ? name : "") + braces;
}

function labelText(label: string): string {
  return LEGACY_NAME.test(label) && !label.includes(":") ? label : JSON.stringify(label);
}

function pointText(value?: Point, histogram?: readonly [number, HistogramPoint]): string {
  return histogram === undefined ? (value?.[1] ?? "") : histogramText(histogram[1]);
}

function histogramText(histogram: HistogramPoint): string {
  return `histogram count=${histogram.count} sum=${histogram.sum}`;
}

function timeText(seconds: number): string {
  return new Date(Math.round(seconds * 1000)).toISOString();
}
