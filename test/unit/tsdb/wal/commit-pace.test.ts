import { expect, test } from "vitest";
import { CommitPace } from "#tsdb/wal/commit-pace.ts";

/** Slices rested before one commit, each of which brings what `arrivals` says. */
function slices(pace: CommitPace, arrivals: readonly number[]): number {
  let waiting = 1000;
  pace.start();
  for (let slice = 0; ; slice++) {
    if (!pace.wantsRest(waiting)) return slice;
    const before = waiting;
    waiting += arrivals[slice] ?? 0;
    if (!pace.rested(before, waiting)) return slice + 1;
  }
}

test("a rest lasts while it brings more, four slices at most", () => {
  const pace = new CommitPace();
  expect(slices(pace, [10, 10, 10, 10, 10])).toBe(4);
  expect(slices(pace, [10, 0, 10])).toBe(2);
  expect(slices(pace, [10, 10])).toBe(3);
});

test("a lone sender is held up once in 64 commits", () => {
  const pace = new CommitPace();
  let rested = 0;
  for (let commit = 0; commit < 640; commit++) rested += slices(pace, []);
  expect(rested).toBe(10);
});

test("a large commit does not rest", () => {
  const pace = new CommitPace();
  pace.start();
  expect(pace.wantsRest(1024 * 1024)).toBe(false);
  expect(slices(pace, [1024 * 1024, 10])).toBe(1);
});
