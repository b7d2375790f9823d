/**
 * Holds two servers' answers to one query against each other: same series, same timestamps, same
 * values. Values may differ by rounding only, since servers add in different orders.
 */
import type { QueryData, QueryPoint, QuerySeries } from "./query-api.ts";

/** Relative: some thousand rounding steps of a double. */
const VALUE_DIFFERENCE_MAX = 1e-12;
/** Enough to see what kind of difference it is. */
const DIFFERENCES_MAX = 8;

export interface CompareOptions {
  /** The order of the series counts, as after `sort` and `topk`. */
  readonly isOrdered?: boolean;
}

/** One line per difference; none when the answers agree. */
export function differencesOf(
  got: QueryData,
  want: QueryData,
  options: CompareOptions = {},
): string[] {
  if (got.resultType !== want.resultType) {
    return [`result type: got ${got.resultType}, want ${want.resultType}`];
  }
  const gotByKey = byKey(got);
  const wantByKey = byKey(want);
  const differences = [
    ...[...wantByKey.keys()].filter((key) => !gotByKey.has(key)).map((key) => `missing ${key}`),
    ...[...gotByKey.keys()].filter((key) => !wantByKey.has(key)).map((key) => `surplus ${key}`),
  ];
  for (const [key, series] of wantByKey) {
    const other = gotByKey.get(key);
    if (other === undefined) continue;
    const difference = pointDifference(pointsOf(other), pointsOf(series));
    if (difference !== null) differences.push(`${key}: ${difference}`);
  }
  if (got.result.length !== gotByKey.size) differences.push("a series comes twice");
  if (differences.length === 0 && options.isOrdered === true) {
    const [gotOrder, wantOrder] = [[...gotByKey.keys()], [...wantByKey.keys()]];
    const at = wantOrder.findIndex((key, index) => key !== gotOrder[index]);
    if (at !== -1) differences.push(`place ${at}: got ${gotOrder[at]}, want ${wantOrder[at]}`);
  }
  return differences.slice(0, DIFFERENCES_MAX);
}

/** True when some series takes two different values. */
export function hasNonConstantSeries(data: QueryData): boolean {
  return data.result.some((series) => {
    const points = pointsOf(series);
    return points.some(([, value]) => value !== points[0]![1]);
  });
}

export function pointsOf(series: QuerySeries): readonly QueryPoint[] {
  return series.values ?? (series.value === undefined ? [] : [series.value]);
}

function byKey(data: QueryData): Map<string, QuerySeries> {
  return new Map(data.result.map((series) => [keyOf(series.metric), series]));
}

function keyOf(metric: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function pointDifference(got: readonly QueryPoint[], want: readonly QueryPoint[]): string | null {
  for (const [index, [seconds, value]] of want.entries()) {
    const other = got[index];
    if (other === undefined) return `got ${got.length} points, want ${want.length}`;
    if (other[0] !== seconds) return `point ${index}: got time ${other[0]}, want ${seconds}`;
    if (!areEqual(other[1], value)) return `at ${seconds}: got ${other[1]}, want ${value}`;
  }
  return got.length === want.length ? null : `got ${got.length} points, want ${want.length}`;
}

function areEqual(a: string, b: string): boolean {
  if (a === b) return true;
  const [x, y] = [Number(a), Number(b)];
  // NaN and infinities have one spelling, compared above.
  if (!Number.isFinite(x) || !Number.isFinite(y)) return false;
  return Math.abs(x - y) <= VALUE_DIFFERENCE_MAX * Math.max(Math.abs(x), Math.abs(y));
}
