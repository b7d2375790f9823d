/**
 * Holds two answers to one query against each other: the same series, the same timestamps, values
 * and histograms equal up to rounding. Errors must be errors on both sides.
 */
import { seriesOf } from "./answer.ts";
import type { Answer, ApiData, ApiHistogram, ApiSeries } from "./answer.ts";

/** Two values are equal when their difference is within one of the two. */
export interface Tolerance {
  /** Of the larger value. */
  readonly share: number;
  readonly absolute: number;
}

export interface CompareOptions {
  readonly tolerance: Tolerance;
  /** Values come in the same order, as after a sort. */
  readonly isOrdered: boolean;
}

export interface Difference {
  readonly kind: "error" | "type" | "series" | "points" | "value" | "order" | "notes";
  readonly text: string;
}

export function compareAnswers(
  got: Answer,
  want: Answer,
  options: CompareOptions,
): Difference | null {
  if (got.kind === "error" || want.kind === "error") {
    if (got.kind === want.kind) return null;
    return { kind: "error", text: `got ${shown(got)}, want ${shown(want)}` };
  }
  if (got.data.resultType !== want.data.resultType) {
    return { kind: "type", text: `got ${got.data.resultType}, want ${want.data.resultType}` };
  }
  return compareData(got.data, want.data, options);
}

function compareData(got: ApiData, want: ApiData, options: CompareOptions): Difference | null {
  if (got.resultType === "string") {
    const [a, b] = [JSON.stringify(got.result), JSON.stringify(want.result)];
    return a === b ? null : { kind: "value", text: `got ${a}, want ${b}` };
  }
  const gotByKey = byKey(seriesOf(got));
  const wantByKey = byKey(seriesOf(want));
  for (const [key, series] of wantByKey) {
    const own = gotByKey.get(key);
    if (own === undefined) return { kind: "series", text: `missing ${key} ${brief(series)}` };
    const difference = compareSeries(own, series, options.tolerance);
    if (difference !== null) return { ...difference, text: `${key}: ${difference.text}` };
  }
  for (const [key, series] of gotByKey) {
    if (!wantByKey.has(key)) return { kind: "series", text: `surplus ${key} ${brief(series)}` };
  }
  if (gotByKey.size !== seriesOf(got).length) return { kind: "series", text: "a series twice" };
  return options.isOrdered ? compareOrder(seriesOf(got), seriesOf(want), options.tolerance) : null;
}

function compareSeries(got: ApiSeries, want: ApiSeries, tolerance: Tolerance): Difference | null {
  const [gotPoints, wantPoints] = [pointsOf(got), pointsOf(want)];
  const count = Math.min(gotPoints.length, wantPoints.length);
  for (let at = 0; at < count; at++) {
    const [gotTime, gotValue] = gotPoints[at]!;
    const [wantTime, wantValue] = wantPoints[at]!;
    if (gotTime !== wantTime) {
      return { kind: "points", text: `point ${at}: got time ${gotTime}, want ${wantTime}` };
    }
    const problem = differs(gotValue, wantValue, tolerance);
    if (problem !== null) return { kind: "value", text: `at ${wantTime}: ${problem}` };
  }
  if (gotPoints.length === wantPoints.length) return null;
  return { kind: "points", text: `got ${gotPoints.length} points, want ${wantPoints.length}` };
}

type Value = string | ApiHistogram;

/** Floats and histograms in order of time, a float before a histogram of the same time. */
function pointsOf({ value, values, histogram, histograms }: ApiSeries): [number, Value][] {
  const floats = values ?? (value === undefined ? [] : [value]);
  const natives = histograms ?? (histogram === undefined ? [] : [histogram]);
  const all: [number, Value][] = [...floats, ...natives].map(([time, one]) => [time, one]);
  return natives.length === 0 ? all : all.sort(([a], [b]) => a - b);
}

function differs(got: Value, want: Value, tolerance: Tolerance): string | null {
  if (typeof got === "string" && typeof want === "string") {
    return areNear(got, want, tolerance) ? null : `got ${got}, want ${want}`;
  }
  const equal =
    typeof got !== "string" && typeof want !== "string" && areAlike(got, want, tolerance);
  return equal ? null : `got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`;
}

function areAlike(got: ApiHistogram, want: ApiHistogram, tolerance: Tolerance): boolean {
  if (!areNear(got.count, want.count, tolerance)) return false;
  if (!areNear(got.sum, want.sum, tolerance)) return false;
  const [a, b] = [got.buckets ?? [], want.buckets ?? []];
  if (a.length !== b.length) return false;
  return a.every(([edges, lower, upper, count], at) => {
    const [otherEdges, otherLower, otherUpper, otherCount] = b[at]!;
    return (
      edges === otherEdges &&
      areNear(lower, otherLower, tolerance) &&
      areNear(upper, otherUpper, tolerance) &&
      areNear(count, otherCount, tolerance)
    );
  });
}

function areNear(a: string, b: string, tolerance: Tolerance): boolean {
  if (a === b) return true;
  const [x, y] = [Number(a), Number(b)];
  // NaN and infinities have one spelling, compared above.
  if (!Number.isFinite(x) || !Number.isFinite(y)) return false;
  const larger = Math.max(Math.abs(x), Math.abs(y));
  return Math.abs(x - y) <= Math.max(tolerance.share * larger, tolerance.absolute);
}

/** Series with equal values may change places. */
function compareOrder(
  got: readonly ApiSeries[],
  want: readonly ApiSeries[],
  tolerance: Tolerance,
): Difference | null {
  const at = want.findIndex((series, index) => {
    const [, a = ""] = pointsOf(got[index]!)[0] ?? [];
    const [, b = ""] = pointsOf(series)[0] ?? [];
    return differs(a, b, tolerance) !== null;
  });
  if (at === -1) return null;
  return { kind: "order", text: `place ${at}: got ${brief(got[at]!)}, want ${brief(want[at]!)}` };
}

function byKey(series: readonly ApiSeries[]): Map<string, ApiSeries> {
  return new Map(series.map((one) => [keyOf(one.metric), one]));
}

function keyOf(metric: ApiSeries["metric"]): string {
  return JSON.stringify(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function brief(series: ApiSeries): string {
  return JSON.stringify({ ...series, metric: undefined }).slice(0, 120);
}

function shown(answer: Answer): string {
  if (answer.kind === "error") return `error ${answer.error}`;
  return `${answer.data.result.length} series`;
}
