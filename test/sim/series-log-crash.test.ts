/**
 * Power cuts at every moment of a series log's lives, recoveries included.
 * Covers: src/tsdb/series-log/
 */
import { expect, test } from "vitest";
import { crashSeriesLog } from "./crash-states/series-log-crashes.ts";

test.each([1, 2, 3])("no power cut loses a series or brings one back (seed %i)", async (seed) => {
  expect(await crashSeriesLog(seed, 3, 12)).toBeGreaterThan(250);
});

test("a disk that forgets to sync is caught", async () => {
  await expect(crashSeriesLog(4, 2, 12, false)).rejects.toThrow();
});
