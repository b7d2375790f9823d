/** `npm run campaign:clock` in small: some days with a server clock that is stepped about. */
import { expect, test } from "vitest";
import { runClock } from "./campaigns/clock.ts";

test("a clock that steps costs no good sample, and lets none of the future in", async () => {
  const { lines, faults } = await runClock({ seed: 5, count: 20, progress: () => {} }, 2);
  expect(faults).toEqual([]);
  expect(lines[0]).toMatch(/^clock: seed 5, \d\d+ steps of the clock and \d+ starts in \d lives/);
  expect(lines[0]).toMatch(/, [1-9]\d* from the future refused, 0 past their age; 0 faults$/);
});
