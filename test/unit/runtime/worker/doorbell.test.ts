import { expect, test } from "vitest";
import { Doorbell, DOORBELL_BYTES } from "#runtime/worker/doorbell.ts";

test("a ring after arm ends the wait at once; without a ring it times out", async () => {
  const buffer = new SharedArrayBuffer(DOORBELL_BYTES);
  const sleeper = new Doorbell(buffer);
  const ringer = new Doorbell(buffer);
  sleeper.arm();
  ringer.ring();
  expect(sleeper.wait(60_000)).toBe(true);
  sleeper.arm();
  expect(await sleeper.waitAsync(0)).toBe(false);
  sleeper.arm();
  const woken = sleeper.waitAsync(60_000);
  ringer.ring();
  expect(await woken).toBe(true);
});

test("a ring while awake leaves no trace: the sleeper looks for work after arm anyway", () => {
  const bell = new Doorbell(new SharedArrayBuffer(DOORBELL_BYTES));
  bell.ring();
  bell.arm();
  expect(bell.wait(0)).toBe(false);
});
