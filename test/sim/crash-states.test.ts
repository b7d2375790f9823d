/** `npm run campaign:crash-states` in small; the tests beside it run each protocol by itself. */
import { expect, test } from "vitest";
import { runCrashStates } from "./campaigns/crash-states.ts";
import { CRASH_SCENARIOS, type CrashScenario } from "./crash-states/crash-scenarios.ts";

const options = { seed: 500, count: 100, progress: (): void => {} };

test("a campaign counts the states of its protocols", async () => {
  const cheap = ["node file", "block write"];
  const scenarios = CRASH_SCENARIOS.filter(({ name }) => cheap.includes(name));
  const { lines, faults } = await runCrashStates(options, scenarios);
  expect(faults).toEqual([]);
  expect(lines).toHaveLength(3);
  expect(lines.at(-1)).toMatch(
    /^crash-states: seed 500, \d{3,} states of 2 protocols, 0 unrecoverable$/,
  );
});

test("a protocol that does not come back is named with its seed", async () => {
  const broken: CrashScenario = {
    name: "broken",
    share: 1,
    run: async (seed) => {
      if (seed === 501) throw new Error("lost");
      return 60;
    },
  };
  const { lines, faults } = await runCrashStates(options, [broken]);
  expect(faults).toEqual(["broken, seed 501: lost"]);
  expect(lines.at(-1)).toBe("crash-states: seed 500, 120 states of 1 protocols, 1 unrecoverable");
});
