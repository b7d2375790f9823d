import { expect, test } from "vitest";
import { HeadKeeping } from "#cluster/roles/head-keeping.ts";
import type { HostedLog } from "#cluster/roles/hosted-log.ts";
import type { TruncateOrder } from "#cluster/roles/keeper/keeper-contract.ts";
import { shardId } from "#model/refs.ts";

const HOUR_MS = 3_600_000;

/** A log whose shards began at the times given. */
function setUp(sinceMs: readonly number[]) {
  const facts = { isEmpty: false, sampleCount: 100_000 };
  const shards = sinceMs.map((since, i) => ({
    shard: shardId(i),
    closedCount: 0,
    isFaulted: false,
    waitingCount() {
      return this.closedCount;
    },
    store: { stats: () => ({}) },
    facts: () => ({ shard: shardId(i), sinceMs: since, ...facts }),
  }));
  const log = {
    logId: 4,
    isWritable: true,
    shards: shards.map(({ shard }) => shard),
    hosted: shards,
    driver: { refusesNewSeries: false },
    needed: 1,
    neededSegment: () => log.needed,
    witness: () => {},
    cuts: [] as number[],
    cut: (one: { shard: number; closedCount: number }) => {
      log.cuts.push(one.shard);
      one.closedCount++;
    },
  };
  const state = { nowMs: 10 * HOUR_MS, usedBytes: 0 };
  const orders: TruncateOrder[] = [];
  const keeping = new HeadKeeping({
    logs: [log as unknown as HostedLog],
    windowMs: 2 * HOUR_MS,
    headBytesMax: 100,
    nowMs: () => state.nowMs,
    usedBytes: () => state.usedBytes,
    truncate: (order) => orders.push(order),
  });
  return { log, shards, state, orders, keeping };
}

test("due generations are cut one at a time, the next when there is room", () => {
  const { log, shards, keeping } = setUp([4 * HOUR_MS, 3 * HOUR_MS, 10 * HOUR_MS, 5 * HOUR_MS]);
  keeping.tick();
  expect(log.cuts).toEqual([1]);
  keeping.tick();
  // Cut already in this test, but still said to be due: two wait for their flush now.
  keeping.tick();
  expect(log.cuts).toEqual([1, 1]);
  shards[1]!.closedCount = 0;
  keeping.cutDue();
  expect(log.cuts).toEqual([1, 1, 1]);
});

test("what cannot be cut keeps nobody from it", () => {
  const { log, shards, keeping } = setUp([3 * HOUR_MS, 4 * HOUR_MS]);
  shards[0]!.isFaulted = true;
  shards[0]!.closedCount = 5;
  keeping.tick();
  expect(log.cuts).toEqual([1]);
  log.isWritable = false;
  keeping.tick();
  expect(log.cuts).toEqual([1]);
});

test("short of memory first new series are refused, then bodies", () => {
  const { log, state, keeping } = setUp([10 * HOUR_MS]);
  for (const [used, series, bodies] of [
    [90, false, false],
    [91, true, false],
    [96, true, true],
    [10, false, false],
  ] as const) {
    state.usedBytes = used;
    keeping.tick();
    expect([log.driver.refusesNewSeries, keeping.isOverBudget]).toEqual([series, bodies]);
  }
  expect(log.cuts[0]).toBe(0);
});

test("segments are ordered to go once, when they are not needed", () => {
  const { log, orders, keeping } = setUp([10 * HOUR_MS]);
  log.needed = 0;
  keeping.tick();
  expect(orders).toEqual([]);
  log.needed = 3;
  keeping.tick();
  keeping.tick();
  log.needed = 5;
  keeping.tick();
  expect(orders.map(({ logId, beforeSegment }) => [logId, beforeSegment])).toEqual([
    [4, 3],
    [4, 5],
  ]);
});
