import { expect, test } from "vitest";
import { ReadPace } from "#cluster/roles/jobs/read-pace.ts";

test("waits for what is ahead of the rate, and not at all behind it", async () => {
  let nowMs = 5000;
  const delays: number[] = [];
  const timers = {
    after: (delayMs: number, fire: () => void) => {
      delays.push(delayMs);
      nowMs += delayMs;
      fire();
      return { cancel: () => undefined };
    },
  };
  const pace = new ReadPace({ wallMs: () => 0, monoMs: () => nowMs }, timers, 1000);
  await pace.pause(500);
  expect(delays).toEqual([500]);
  nowMs += 2000;
  await pace.pause(1500);
  expect(delays).toEqual([500]);
  await pace.pause(3000);
  expect(delays).toEqual([500, 500]);
});
