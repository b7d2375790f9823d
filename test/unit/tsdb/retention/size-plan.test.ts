import { expect, test } from "vitest";
import { shardId } from "#model/refs.ts";
import { blockEntry } from "#test/support/block-entries.ts";
import { blockKeyOf, ownedBytes } from "#tsdb/manifest/block-entry.ts";
import { planSize } from "#tsdb/retention/size-plan.ts";

const A = shardId(1);
const B = shardId(2);

test("over the size limit the oldest of all shards go first", () => {
  const blocks = [blockEntry(7), blockEntry(3), blockEntry(1, { tier: 1 }), blockEntry(5)];
  const blocksOf = new Map([
    [A, blocks.slice(0, 2)],
    [B, blocks.slice(2)],
  ]);
  const plan = (bytesMax: number): Record<string, number[]> =>
    Object.fromEntries(
      [...planSize(blocksOf, bytesMax)].map(([shard, keys]) => [shard, keys.map((key) => key % 8)]),
    );
  expect(blockKeyOf(blockEntry(7)) % 8).toBe(7);
  expect(plan(4 * 4096)).toEqual({});
  expect(plan(4 * 4096 - 1)).toEqual({ 2: [1] });
  expect(plan(2 * 4096)).toEqual({ 1: [3], 2: [1] });
  expect(plan(0)).toEqual({ 1: [3, 7], 2: [1, 5] });
  expect(plan(Infinity)).toEqual({});
});

test("a file that several shards name counts once", () => {
  const whole = blockEntry(1, { placementMin: 100, placementMax: 299 });
  const parts = [
    { ...whole, ownedMin: 0, ownedMax: 149 },
    { ...whole, ownedMin: 150, ownedMax: 0xffff_ffff },
  ];
  expect(parts.map(ownedBytes)).toEqual([1024, 3072]);
  expect(ownedBytes(whole)).toBe(4096);
  const blocksOf = new Map([
    [A, parts.slice(0, 1)],
    [B, parts.slice(1)],
  ]);
  expect(planSize(blocksOf, 4096).size).toBe(0);
  expect(planSize(blocksOf, 4095).size).toBe(1);
});
