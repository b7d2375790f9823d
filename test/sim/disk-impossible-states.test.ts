import { expect, test } from "vitest";
import { SeededRandom } from "#runtime/seeded-random.ts";
import { allows } from "#test/sim/disk-allows.ts";
import { enumerateCrashStates } from "#test/sim/disk-crash-states.ts";
import { crash } from "#test/sim/disk-crash.ts";
import { impossibleStates } from "#test/sim/disk-impossible-states.ts";
import type { DiskSnapshot } from "#test/sim/disk-model.ts";
import { replayOnModel } from "#test/sim/disk-trace.ts";

const keyOf = (snapshot: DiskSnapshot): string =>
  [...snapshot].map(([path, bytes]) => `${path}=${bytes?.toHex() ?? "/"}`).join(";");

test.each(impossibleStates)("$name: not allowed and never produced", (impossible) => {
  const { trace, observed, evenWithNoise } = impossible;
  expect(allows(replayOnModel(trace), observed, { noise: "none" })).toBe(false);
  expect(allows(replayOnModel(trace), observed, { noise: "anywhere" })).toBe(!evenWithNoise);
  const produced = new Set<string>();
  for (const state of enumerateCrashStates(replayOnModel(trace), 200)) produced.add(keyOf(state));
  for (let seed = 0; seed < 50; seed++) {
    produced.add(keyOf(crash(replayOnModel(trace), new SeededRandom(seed), { noise: "none" })));
  }
  expect(produced.has(keyOf(observed))).toBe(false);
  expect(produced.has(keyOf(replayOnModel(trace).liveSnapshot()))).toBe(true);
});

test("the list is long enough to mean something", () => {
  expect(impossibleStates.length).toBeGreaterThanOrEqual(20);
});
