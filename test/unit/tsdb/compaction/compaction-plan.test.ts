/**
 * Which blocks grow together, and which wait.
 * Covers: src/tsdb/compaction/block-group.ts, src/tsdb/compaction/compaction-options.ts
 */
import { expect, test } from "vitest";
import { seq } from "#model/refs.ts";
import { blockEntry, HOUR_MS } from "#test/support/block-entries.ts";
import type { CompactionOptions } from "#tsdb/compaction/compaction-options.ts";
import { planCompaction, type CompactionTask } from "#tsdb/compaction/compaction-plan.ts";
import type { BlockEntry } from "#tsdb/manifest/block-entry.ts";

const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
const year: CompactionOptions = {
  retentionMs: [365 * DAY_MS, 365 * DAY_MS, 365 * DAY_MS],
  settleMs: HOUR_MS,
};

/** Two-hour blocks number `from` to `to` since 1970, id = number + 1. */
function flushed(from: number, to: number, fields: Partial<BlockEntry> = {}): BlockEntry[] {
  return Array.from({ length: to - from }, (_, i) =>
    blockEntry(from + i + 1, { rangeStartMs: (from + i) * 2 * HOUR_MS, ...fields }),
  );
}

function spanning(
  id: number,
  startMs: number,
  endMs: number,
  fields: Partial<BlockEntry> = {},
): BlockEntry {
  return blockEntry(id, {
    rangeStartMs: startMs,
    rangeEndMs: endMs,
    fileBytes: 100_000,
    ...fields,
  });
}

function shapes(tasks: readonly CompactionTask[]): string[] {
  return tasks.map((task) => {
    const { tier, rangeStartMs, rangeEndMs, sources, isMerge, makesTiers, replaces } = task;
    const ids = sources.map(({ blockId }) => blockId);
    const range = `${rangeStartMs / HOUR_MS}-${rangeEndMs / HOUR_MS}h`;
    const makes = makesTiers.length === 0 ? "" : ` makes ${makesTiers}`;
    const instead = replaces.length === 0 ? "" : ` for ${replaces.map((key) => key % 2 ** 32)}`;
    return `${tier}: ${range} ${isMerge ? "merge" : "read"} ${ids}${makes}${instead}`;
  });
}

test("a day is merged when nothing more can come, and makes tiers", () => {
  const day = flushed(0, 12);
  expect(shapes(planCompaction(day, DAY_MS, year))).toEqual([]);
  const late = DAY_MS + HOUR_MS;
  expect(shapes(planCompaction(day, late, year))).toEqual([
    "0: 0-24h merge 1,2,3,4,5,6,7,8,9,10,11,12 makes 1,2",
  ]);
  const two = [...day, ...flushed(12, 24)];
  expect(planCompaction(two, late, year)).toHaveLength(1);
  expect(planCompaction(two, 2 * DAY_MS + HOUR_MS, year)).toHaveLength(2);
});

test("sources come in the order in which they were written", () => {
  const blocks = [
    blockEntry(1, { rangeStartMs: 0, firstSeq: seq(500), lastSeq: seq(600) }),
    blockEntry(2, { rangeStartMs: 0, firstSeq: seq(100), lastSeq: seq(200) }),
  ];
  expect(shapes(planCompaction(blocks, WEEK_MS, year))).toEqual(["0: 0-24h merge 2,1 makes 1,2"]);
});

test("a week is merged when its days are", () => {
  const days = Array.from({ length: 7 }, (_, i) => spanning(i + 1, i * DAY_MS, (i + 1) * DAY_MS));
  const tiers = days.flatMap((day) =>
    [1, 2].map((tier) => ({ ...day, blockId: day.blockId + 100 * tier, tier: tier as 1 | 2 })),
  );
  const settled = WEEK_MS + HOUR_MS;
  expect(shapes(planCompaction([...days, ...tiers], settled - 1, year))).toEqual([]);
  const ids = [1, 2, 3, 4, 5, 6, 7];
  expect(shapes(planCompaction([...days, ...tiers], settled, year))).toEqual([
    `0: 0-168h merge ${ids}`,
    `1: 0-168h merge ${ids.map((id) => 100 + id)}`,
    `2: 0-168h merge ${ids.map((id) => 200 + id)}`,
  ]);
  // Without tiers of all days the merge makes them, and theirs are not merged besides.
  const fewer = tiers.filter(({ blockId }) => blockId !== 107);
  const made = ids.slice(0, 6).map((id) => 100 + id);
  expect(shapes(planCompaction([...days, ...fewer], settled, year))).toEqual([
    `0: 0-168h merge ${ids} makes 1 for ${made}`,
    `2: 0-168h merge ${ids.map((id) => 200 + id)}`,
  ]);
  // What a rule took out of samples is in the older tiers only.
  const thinned = days.map((day) => ({ ...day, retentionMark: 5 }));
  expect(shapes(planCompaction([...thinned, ...fewer], settled, year))[0]).toBe(
    `0: 0-168h merge ${ids} makes 1`,
  );
  // One day still in parts: that day comes first.
  const parts = [
    ...days.slice(1),
    ...flushed(0, 12).map((one) => ({ ...one, blockId: one.blockId + 50 })),
  ];
  const plan = shapes(planCompaction(parts, settled, year));
  expect(plan[0]).toMatch(/^0: 0-24h merge 51,/);
  expect(plan.filter((line) => line.includes("merge"))).toHaveLength(1);
  expect(plan.slice(1).every((line) => /h read \d makes 1,2$/.test(line))).toBe(true);
});

test("spans stay below a seventh of the retention", () => {
  const days = Array.from({ length: 7 }, (_, i) => spanning(i + 1, i * DAY_MS, (i + 1) * DAY_MS));
  const week: CompactionOptions = { ...year, retentionMs: [7 * DAY_MS, 0, 0] };
  expect(planCompaction(days, 2 * WEEK_MS, week)).toEqual([]);
  const short: CompactionOptions = { ...year, retentionMs: [DAY_MS, 0, 0] };
  expect(planCompaction(flushed(0, 12), 2 * DAY_MS, short)).toEqual([]);
});

test("late samples wait beside a large block until they weigh something", () => {
  const large = spanning(1, 0, DAY_MS, { lastSeq: seq(1000) });
  const tiers = [1, 2].map((tier) => ({ ...large, blockId: 10 + tier, tier: tier as 1 | 2 }));
  const late = (id: number, fileBytes: number): BlockEntry =>
    blockEntry(id, { rangeStartMs: 0, fileBytes, firstSeq: seq(1001), lastSeq: seq(1002) });
  const all = [large, ...tiers];
  // Little of it: only the tiers, which are older than it, are made anew.
  expect(shapes(planCompaction([...all, late(2, 100)], WEEK_MS, year))).toEqual([
    "0: 0-24h read 1,2 makes 1,2 for 11,12",
  ]);
  expect(shapes(planCompaction([...all, late(2, 5000)], WEEK_MS, year))).toEqual([
    "0: 0-24h merge 1,2 makes 1,2 for 11,12",
  ]);
  const many = Array.from({ length: 8 }, (_, i) => late(i + 2, 10));
  expect(shapes(planCompaction([...all, ...many], WEEK_MS, year))[0]).toMatch(/merge 1,2,3,4/);
});

test("tiers are never made of a part of the samples", () => {
  // A week from an earlier, longer retention, and a day of late samples under it.
  const week = spanning(1, 0, WEEK_MS, { lastSeq: seq(1000) });
  const late = flushed(0, 3, { fileBytes: 50, firstSeq: seq(2000), lastSeq: seq(2001) });
  const days: CompactionOptions = { ...year, retentionMs: [14 * DAY_MS, 30 * DAY_MS, 0] };
  const moved = late.map((one) => ({ ...one, blockId: one.blockId + 20 }));
  const plan = planCompaction([week, ...moved], WEEK_MS + HOUR_MS, days);
  for (const { makesTiers, sources } of plan) {
    if (makesTiers.length > 0) expect(sources).toHaveLength(4);
  }
  expect(shapes(plan)).toEqual(["0: 0-24h merge 21,22,23"]);
});

test("a tier that would be dropped at once is not made", () => {
  const options: CompactionOptions = { ...year, retentionMs: [365 * DAY_MS, DAY_MS, 0] };
  expect(shapes(planCompaction(flushed(0, 2), WEEK_MS, options))).toEqual(["0: 0-24h merge 1,2"]);
});

test("many blocks of one flush range are merged while the day goes on", () => {
  const blocks = Array.from({ length: 8 }, (_, i) => blockEntry(i + 1, { rangeStartMs: 0 }));
  expect(shapes(planCompaction(blocks, 3 * HOUR_MS, year))).toEqual([
    "0: 0-2h merge 1,2,3,4,5,6,7,8",
  ]);
  expect(planCompaction(blocks.slice(1), 3 * HOUR_MS, year)).toEqual([]);
});

test("a plan carried out leads to rest", () => {
  let blocks: BlockEntry[] = flushed(0, 12 * 9);
  const newestMs = 9 * DAY_MS;
  let nextId = 1000;
  for (let round = 0; round < 10; round++) {
    const tasks = planCompaction(blocks, newestMs, year);
    if (tasks.length === 0) break;
    const inTask = new Set<BlockEntry>();
    for (const task of tasks) {
      for (const source of task.sources) {
        if (task.isMerge) expect(inTask.has(source)).toBe(false);
        inTask.add(source);
      }
      const gone = new Set([
        ...(task.isMerge ? task.sources.map(({ blockId }) => blockId) : []),
        ...task.replaces.map((key) => key % 2 ** 32),
      ]);
      blocks = blocks.filter(({ blockId }) => !gone.has(blockId));
      const seqs = { firstSeq: task.sources[0]!.firstSeq, lastSeq: task.sources.at(-1)!.lastSeq };
      const tiers = [...(task.isMerge ? [task.tier] : []), ...task.makesTiers];
      for (const tier of tiers) {
        const { rangeStartMs, rangeEndMs } = task;
        blocks.push(spanning(nextId++, rangeStartMs, rangeEndMs, { tier, ...seqs }));
      }
    }
  }
  expect(planCompaction(blocks, newestMs, year)).toEqual([]);
  const raw = blocks.filter(({ tier }) => tier === 0);
  const spans = raw.map((block) => (block.rangeEndMs - block.rangeStartMs) / HOUR_MS);
  // 1970 began on a Thursday: weeks are counted from there. The last day is not settled.
  expect(spans.sort((a, b) => b - a)).toEqual([168, 24, ...Array.from({ length: 12 }, () => 2)]);
  expect(blocks.filter(({ tier }) => tier === 1)).toHaveLength(2);
});
