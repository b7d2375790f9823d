import { expect, test } from "vitest";
import { Progress } from "#cli/progress.ts";

test("tells every two seconds, with the share when the end is known", () => {
  let nowMs = 0;
  const told: string[] = [];
  const progress = new Progress({
    verb: "sent",
    totalBytes: 8 * 1024 ** 2,
    clock: { wallMs: () => 0, monoMs: () => nowMs },
    complain: (text) => void told.push(text),
  });
  for (let i = 0; i < 8; i++) {
    nowMs += 500;
    progress.add(1024 ** 2);
  }
  expect(told).toEqual(["sent 4MiB of 8MiB (50 %), 2MiB/s", "sent 8MiB of 8MiB (100 %), 2MiB/s"]);
});
