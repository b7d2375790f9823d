import { expect, test } from "vitest";
import { CommitPace } from "#tsdb/wal/commit-pace.ts";

test("rests that pay grow to 4 ms, and shrink when they pay no more", () => {
  const pace = new CommitPace();
  const rests: number[] = [];
  for (let i = 0; i < 4; i++) {
    rests.push(pace.restMs(100));
    pace.rested(100, 250);
  }
  expect(rests).toEqual([1, 2, 4, 4]);
  pace.rested(100, 150);
  expect(pace.restMs(100)).toBe(2);
});

test("a lone sender is held up once in 64 commits", () => {
  const pace = new CommitPace();
  let restMs = 0;
  for (let commit = 0; commit < 650; commit++) {
    const ms = pace.restMs(2000);
    if (ms > 0) pace.rested(2000, 2000);
    restMs += ms;
  }
  expect(restMs).toBe(10);
});

test("a large commit does not rest", () => {
  expect(new CommitPace().restMs(1024 * 1024)).toBe(0);
});
