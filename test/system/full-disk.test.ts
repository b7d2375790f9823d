/**
 * A disk that fills up under load: refused with 503 and not lost, read all along, taken again without
 * a start; and a start without a byte to spare. The long run is `npm run campaign:full-disk`.
 */
import { expect, test } from "vitest";
import { runFullDisk } from "./campaigns/full-disk.ts";

const POINTS = 4;

test("a full disk costs no sample, and needs nobody", async () => {
  const result = await runFullDisk({ points: POINTS, seed: 5, killPoints: 2 });
  expect(result.problems).toEqual([]);
  expect(result.points).toBe(POINTS);
  expect(result.startsOnFull).toBe(2);
  expect(result.ackedRequests).toBeGreaterThan(POINTS);
});
