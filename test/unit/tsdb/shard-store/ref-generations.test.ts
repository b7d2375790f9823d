import { RefGenerations } from "#tsdb/shard-store/ref-generations.ts";
import { expect, test } from "vitest";

test("starts as told, and knows its own from then on", () => {
  const generations = new RefGenerations(7);
  expect(generations.current).toBe(7);
  expect(generations.isOwn(7)).toBe(true);
  expect(generations.isOwn(8)).toBe(false);
  generations.advance();
  expect(generations.current).not.toBe(7);
  expect(generations.isOwn(7)).toBe(true);
  expect(generations.isOwn(generations.current)).toBe(true);
});

test("the steps of many lives do not meet, and none is 0", () => {
  const seen = new Set<number>();
  for (let life = 1; life <= 40; life++) {
    const generations = new RefGenerations(life);
    for (let step = 0; step < 500; step++) {
      expect(generations.current).toBeGreaterThan(0);
      seen.add(generations.current);
      generations.advance();
    }
  }
  expect(seen.size).toBe(40 * 500);
});

test("forgets what is long ago", () => {
  const generations = new RefGenerations(1);
  for (let i = 0; i < 1024; i++) generations.advance();
  expect(generations.isOwn(1)).toBe(false);
  expect(generations.isOwn(generations.current)).toBe(true);
});
