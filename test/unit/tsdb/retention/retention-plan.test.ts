/** Covers: src/tsdb/retention/retention-cut.ts */
import { expect, test } from "vitest";
import { encodeLabels } from "#model/canonical-labels.ts";
import { labelsOf } from "#model/labels.ts";
import { tenantId } from "#model/refs.ts";
import { blockEntry, HOUR_MS } from "#test/support/block-entries.ts";
import type { BlockEntry } from "#tsdb/manifest/block-entry.ts";
import { RetentionCut } from "#tsdb/retention/retention-cut.ts";
import { TIER_AGES_DEFAULT, type RetentionOptions } from "#tsdb/retention/retention-options.ts";
import {
  longestAges,
  planRetention,
  retentionCutoffs,
  retentionMark,
  type RetentionClock,
} from "#tsdb/retention/retention-plan.ts";

const DAY_MS = 24 * HOUR_MS;
const nowMs = 100 * DAY_MS;
const plain: RetentionOptions = {
  rules: [],
  ages: TIER_AGES_DEFAULT,
};
const now: RetentionClock = { wallMs: nowMs, newestSampleMs: nowMs };

function aged(id: number, days: number, fields: Partial<BlockEntry> = {}): BlockEntry {
  const rangeStartMs = nowMs - days * DAY_MS - 2 * HOUR_MS;
  return blockEntry(id, {
    rangeStartMs,
    maxMs: nowMs - days * DAY_MS,
    retentionMark: 0,
    ...fields,
  });
}

function ids(keys: readonly number[]): number[] {
  return keys.map((key) => key % 2 ** 32);
}

test("a block goes when its last sample is too old for its tier", () => {
  const blocks = [aged(1, 6.99), aged(2, 7), aged(3, 7.01), aged(4, 29, { tier: 1 })];
  blocks.push(aged(5, 31, { tier: 1 }), aged(6, 99, { tier: 2 }));
  const plan = planRetention(blocks, now, plain);
  expect(ids(plan.expired)).toEqual([3, 5]);
  expect(plan.rewrites).toEqual([]);
});

test("no step of the clock and no wild sample deletes anything", () => {
  const blocks = [aged(1, 1), aged(2, 6)];
  for (const clock of [
    { wallMs: nowMs + 400 * DAY_MS, newestSampleMs: nowMs },
    { wallMs: nowMs, newestSampleMs: nowMs + 400 * DAY_MS },
    { wallMs: nowMs + 400 * DAY_MS, newestSampleMs: -Infinity },
    { wallMs: 0, newestSampleMs: nowMs },
  ]) {
    expect(planRetention(blocks, clock, plain).expired).toEqual([]);
  }
});

const ruled: RetentionOptions = {
  rules: [
    {
      tenant: null,
      matchers: [{ name: "keep", kind: "=", value: "long" }],
      ages: [60 * DAY_MS, Infinity, Infinity],
    },
    {
      tenant: tenantId(5),
      matchers: [{ name: "__name__", kind: "=~", value: "debug_.*" }],
      ages: [DAY_MS, DAY_MS, DAY_MS],
    },
  ],
  ages: [7 * DAY_MS, 30 * DAY_MS, Infinity],
};

test("a block is rewritten once for each rule it has passed", () => {
  const at = (days: number, retentionMark = 0): BlockEntry => aged(1, days, { retentionMark });
  const rewrites = (block: BlockEntry): number =>
    planRetention([block], now, ruled).rewrites.length;
  const mark = (days: number): number =>
    retentionMark(retentionCutoffs(at(days), nowMs, ruled), ruled);
  expect(rewrites(at(0.5))).toBe(0);
  expect(rewrites(at(2))).toBe(1);
  expect(rewrites(at(2, mark(2)))).toBe(0);
  // Past the default age too: once more.
  expect(rewrites(at(8, mark(2)))).toBe(1);
  expect(rewrites(at(8, mark(8)))).toBe(0);
  expect(ids(planRetention([at(59, mark(8))], now, ruled).expired)).toEqual([]);
  expect(ids(planRetention([at(61, mark(8))], now, ruled).expired)).toEqual([1]);
});

test("the first rule that accepts a series decides what goes", () => {
  const block = aged(1, 8);
  const cut = new RetentionCut(ruled, retentionCutoffs(block, nowMs, ruled));
  const isCut = (tenant: number, labels: Record<string, string>): boolean => {
    const identity = {
      tenant: tenantId(tenant),
      labels: encodeLabels(labelsOf(Object.entries(labels))),
      placementLow: 0,
      placementHigh: 0,
      fingerprintLow: 0,
      fingerprintHigh: 0,
    };
    return block.maxMs < cut.cutoffMs(identity);
  };
  expect(isCut(0, { __name__: "up" })).toBe(true);
  expect(isCut(0, { __name__: "up", keep: "long" })).toBe(false);
  expect(isCut(5, { __name__: "debug_x", keep: "long" })).toBe(false);
  const young = aged(1, 2);
  const later = new RetentionCut(ruled, retentionCutoffs(young, nowMs, ruled));
  const debug = { tenant: tenantId(5), labels: encodeLabels(labelsOf([["__name__", "debug_x"]])) };
  const hashes = { placementLow: 0, placementHigh: 0, fingerprintLow: 0, fingerprintHigh: 0 };
  expect(later.cutoffMs({ ...debug, ...hashes })).toBeGreaterThan(young.maxMs);
  expect(later.cutoffMs({ ...debug, ...hashes, tenant: tenantId(6) })).toBe(-Infinity);
});

test("each tier is wanted as long as the longest rule keeps it", () => {
  expect(longestAges(plain)).toEqual(TIER_AGES_DEFAULT);
  expect(longestAges(ruled)).toEqual([60 * DAY_MS, Infinity, Infinity]);
});
