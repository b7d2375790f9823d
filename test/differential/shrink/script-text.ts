/**
 * A failing case as a script of the golden tests. It expects what the reference answers, so it fails
 * until the engine is right.
 */
import { formatHistogramLiteral } from "#model/histogram/format-histogram.ts";
import { labelsOf } from "#model/labels.ts";
import { formatLabels } from "#promql/columns/format-labels.ts";
import type { MemorySample } from "#promql/script/memory-queryable.ts";
import { seriesOf } from "../answers/answer.ts";
import type { Answer, ApiPoint, ApiSeries } from "../answers/answer.ts";
import type { DataSeries } from "../data/data-set.ts";
import { durationText } from "../queries/make-duration.ts";
import type { GeneratedQuery } from "../queries/make-query.ts";
import type { FailingCase } from "./failing-case.ts";

/** Longest gap one item of a script may stand for. */
const GAP_MAX = 1_000_000;

/** Throws when the case cannot be said in a script. */
export function scriptText(one: FailingCase, want: Answer, origin: string): string {
  const stepMs = commonStep(one.series);
  const load = one.series.map((series) => `  ${seriesLine(series, stepMs)}`);
  const lines = [`# ${origin}`, `load ${durationText(stepMs)}`, ...load, "", evalLine(one.query)];
  if (want.kind === "error") lines.push("  expect fail");
  else lines.push(...expectedLines(one.query, want));
  return `${lines.join("\n")}\n`;
}

function commonStep(series: readonly DataSeries[]): number {
  const divide = (a: number, b: number): number => (b === 0 ? a : divide(b, a % b));
  return series.flatMap(({ samples }) => samples.map(({ timeMs }) => timeMs)).reduce(divide, 0);
}

function seriesLine({ labels, samples }: DataSeries, stepMs: number): string {
  const items: string[] = [];
  let next = 0;
  for (const { timeMs, value } of samples) {
    for (let gap = timeMs / stepMs - next; gap > 0; gap -= GAP_MAX) {
      items.push(gap === 1 ? "_" : `_x${Math.min(gap, GAP_MAX)}`);
    }
    items.push(valueText(value));
    next = timeMs / stepMs + 1;
  }
  return `${formatLabels(labels)} ${items.join(" ")}`;
}

function valueText(value: MemorySample["value"]): string {
  if (value === "stale") return "stale";
  if (typeof value === "object") return formatHistogramLiteral(value);
  return Object.is(value, -0) ? "-0" : String(value).replace("Infinity", "Inf");
}

function evalLine({ text, isInstant, startMs, endMs, stepMs }: GeneratedQuery): string {
  if (isInstant) return `eval instant at ${timeText(startMs)} ${text}`;
  const range = `from ${timeText(startMs)} to ${timeText(endMs)} step ${durationText(stepMs)}`;
  return `eval range ${range} ${text}`;
}

function timeText(ms: number): string {
  if (ms < 0) throw new Error("cannot write a script: the query is asked before 1970");
  return ms === 0 ? "0s" : durationText(ms);
}

function expectedLines(query: GeneratedQuery, want: Answer & { readonly kind: "data" }): string[] {
  const { resultType, result } = want.data;
  if (resultType === "scalar" && query.isInstant) return [`  ${(result as ApiPoint)[1]}`];
  if (resultType === "string") return [`  expect string ${JSON.stringify(result[1])}`];
  if (resultType === "matrix" && query.isInstant) {
    throw new Error("cannot write a script: it would have to expect a range vector");
  }
  return seriesOf(want.data).map((series) => `  ${expectedLine(query, series)}`);
}

function expectedLine({ startMs, endMs, stepMs }: GeneratedQuery, series: ApiSeries): string {
  if (series.histogram !== undefined || series.histograms !== undefined) {
    throw new Error("cannot write a script: the API does not show all of a histogram");
  }
  const labels = formatLabels(labelsOf(Object.entries(series.metric)));
  if (series.value !== undefined) return `${labels} ${series.value[1].replace("+", "")}`;
  const values = new Map(
    series.values!.map(([seconds, value]) => [Math.round(seconds * 1000), value]),
  );
  const items: string[] = [];
  for (let atMs = startMs; atMs <= endMs; atMs += stepMs) {
    items.push(values.get(atMs)?.replace("+Inf", "Inf") ?? "_");
  }
  return `${labels} ${items.join(" ")}`;
}
