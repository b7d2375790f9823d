/** `npm run campaign:disk-errors` in small: some operations of a life fail. */
import { expect, test } from "vitest";
import { runDiskErrors } from "./campaigns/disk-errors.ts";

const options = { seed: 3, count: 15, progress: (): void => {} };

test("a failing operation costs no sample, and samples are taken again", async () => {
  const { lines, faults } = await runDiskErrors(options, { stride: 70 });
  expect(faults).toEqual([]);
  expect(lines).toEqual(["disk-errors: seed 3, 15 points in 1 lives, 0 faults"]);
});

test("acknowledging before the sync is caught", async () => {
  const { faults } = await runDiskErrors(options, { stride: 10, mistake: "acks-early" });
  expect(faults[0]).toMatch(/^seed 3, io x 1 at \d+: KeeperViolation: (lost|does not)/);
});
