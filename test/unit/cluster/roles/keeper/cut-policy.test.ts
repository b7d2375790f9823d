import { expect, test } from "vitest";
import {
  CLOSED_MAX,
  GRACE_MS_MAX,
  nextCut,
  PRESSURE_SAMPLES_MIN,
  PRESSURE_SHARE,
  type CutClock,
  type HeadFacts,
} from "#cluster/roles/keeper/cut-policy.ts";
import { shardId } from "#model/refs.ts";

const HOUR_MS = 3_600_000;

function head(shard: number, fields: Partial<HeadFacts> = {}): HeadFacts {
  const given = { isEmpty: false, sinceMs: 10 * HOUR_MS + GRACE_MS_MAX, sampleCount: 10 };
  return { shard: shardId(shard), ...given, ...fields };
}

function clock(fields: Partial<CutClock> = {}): CutClock {
  const given = { nowMs: 11 * HOUR_MS, windowMs: 2 * HOUR_MS, usedShare: 0, closedCount: 0 };
  return { ...given, ...fields };
}

test("a generation ends some time after its window, for those who come late", () => {
  const heads = [head(1)];
  const endMs = 12 * HOUR_MS;
  expect(nextCut(heads, clock())).toBeNull();
  expect(nextCut(heads, clock({ nowMs: endMs }))).toBeNull();
  expect(nextCut(heads, clock({ nowMs: endMs + GRACE_MS_MAX - 1 }))).toBeNull();
  expect(nextCut(heads, clock({ nowMs: endMs + GRACE_MS_MAX }))).toBe(1);
  // A short window waits a tenth of itself.
  const short = { windowMs: 2000, nowMs: 10 * HOUR_MS + 2199 };
  const begun = [head(1, { sinceMs: 10 * HOUR_MS + 200 })];
  expect(nextCut(begun, clock(short))).toBeNull();
  expect(nextCut(begun, clock({ ...short, nowMs: short.nowMs + 1 }))).toBe(1);
});

test("the one that waits longest goes first, an empty one never", () => {
  const nowMs = 20 * HOUR_MS;
  const old = { sinceMs: 9 * HOUR_MS };
  expect(nextCut([head(1), head(2, old), head(3)], clock({ nowMs }))).toBe(2);
  expect(nextCut([head(2, { ...old, isEmpty: true }), head(3)], clock({ nowMs }))).toBe(3);
  expect(nextCut([head(2, { ...old, isEmpty: true })], clock({ nowMs, usedShare: 1 }))).toBeNull();
  expect(nextCut([head(4, { sinceMs: -Infinity })], clock({ nowMs }))).toBe(4);
});

test("short of memory the largest goes, if it is worth a block", () => {
  const samples = PRESSURE_SAMPLES_MIN;
  const heads = [head(1, { sampleCount: samples }), head(2, { sampleCount: 2 * samples }), head(3)];
  expect(nextCut(heads, clock({ usedShare: PRESSURE_SHARE }))).toBeNull();
  expect(nextCut(heads, clock({ usedShare: PRESSURE_SHARE + 0.01 }))).toBe(2);
  const small = [head(1, { sampleCount: samples - 1 })];
  expect(nextCut(small, clock({ usedShare: 1 }))).toBeNull();
  expect(nextCut(small, clock({ usedShare: 1, nowMs: 20 * HOUR_MS }))).toBe(1);
});

test("nothing is cut while flushes wait, or when blocks are not wanted", () => {
  const nowMs = 20 * HOUR_MS;
  expect(nextCut([head(1)], clock({ nowMs, closedCount: CLOSED_MAX - 1 }))).toBe(1);
  expect(nextCut([head(1)], clock({ nowMs, closedCount: CLOSED_MAX }))).toBeNull();
  expect(nextCut([head(1)], clock({ nowMs, windowMs: 0, usedShare: 1 }))).toBeNull();
});
