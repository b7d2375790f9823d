/**
 * A power cut under load on a real ext4 loses nothing acknowledged; builds that do not sync, or that
 * acknowledge before they did, are caught by the same campaign. The long run is
 * `npm run campaign:power`.
 */
import { expect, test } from "vitest";
import { missingForExt4Image } from "#test/support/ext4-image.ts";
import { runCrashCampaign } from "./campaigns/crash-campaign.ts";
import { flushingCampaign } from "./campaigns/flushing-campaign.ts";
import { powerCut } from "./campaigns/crash-ways.ts";

const CYCLES = 4;
const FLUSHING_CYCLES = 5;
/** Both canaries lose something in nearly every cut. */
const CANARY_CYCLES = 4;

test("this machine has what a power cut needs", () => {
  expect(missingForExt4Image()).toEqual([]);
});

test("power cut under load: all that was acknowledged is there, and the node starts alone", async () => {
  using way = powerCut();
  const result = await runCrashCampaign({ cycles: CYCLES, seed: 7, way });
  expect(result.problems).toEqual([]);
  expect(result.cycles).toBe(CYCLES);
  expect(result.startCrashes).toBeGreaterThan(0);
  expect(result.ackedRequests).toBeGreaterThan(CYCLES * 10);
  // The long run shows nine in ten; with so few cycles chance has a say.
  const withInFlight = result.inFlight.filter((count) => count > 0).length;
  expect(withInFlight).toBeGreaterThanOrEqual(CYCLES - 1);
});

test("power cut on the way from the log into blocks loses nothing either", async () => {
  using way = powerCut();
  const flushing = flushingCampaign("1s");
  const result = await runCrashCampaign({ cycles: FLUSHING_CYCLES, seed: 9, way, ...flushing });
  expect(result.problems).toEqual([]);
  expect(result.ackedRequests).toBeGreaterThan(FLUSHING_CYCLES * 10);
  expect(result.kept.flushes).toBeGreaterThan(FLUSHING_CYCLES);
});

test.each([
  ["never syncs", "GYRE_CANARY_SKIP_SYNC"],
  ["acknowledges before the log has the records", "GYRE_CANARY_ACK_EARLY"],
])("canary: a build that %s is caught", async (_, name) => {
  using way = powerCut();
  const env = { [name]: "1" };
  const { problems } = await runCrashCampaign({ cycles: CANARY_CYCLES, seed: 8, way, env });
  expect(problems.join("\n")).toMatch(/acknowledged requests lost/);
});
