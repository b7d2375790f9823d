/**
 * kill -9 under load loses nothing acknowledged, and a build that acknowledges early is caught by
 * the same campaign. The long run is `npm run campaign:kill`.
 */
import { expect, test } from "vitest";
import { runCrashCampaign } from "./campaigns/crash-campaign.ts";
import { flushingCampaign } from "./campaigns/flushing-campaign.ts";
import { killNine } from "./campaigns/crash-ways.ts";

const CYCLES = 12;
/** The long run shows nine in ten; with so few cycles chance has a say. */
const IN_FLIGHT_CYCLES_MIN = 9;
/** Blocks of one range are merged after some lives. */
const FLUSHING_CYCLES = 12;
/** The early answer shows in about every third kill; 40 kills without one are one in a million. */
const CANARY_CYCLES = 40;

test("kill -9 under load: all that was acknowledged is there, and the node starts alone", async () => {
  using way = killNine();
  const result = await runCrashCampaign({ cycles: CYCLES, seed: 7, way });
  expect(result.problems).toEqual([]);
  expect(result.cycles).toBe(CYCLES);
  expect(result.startCrashes).toBeGreaterThan(0);
  expect(result.ackedRequests).toBeGreaterThan(CYCLES * 10);
  const withInFlight = result.inFlight.filter((count) => count > 0).length;
  expect(withInFlight).toBeGreaterThanOrEqual(IN_FLIGHT_CYCLES_MIN);
});

test("kill -9 on the way from the log into blocks loses nothing either", async () => {
  using way = killNine();
  const flushing = flushingCampaign("1s");
  const result = await runCrashCampaign({ cycles: FLUSHING_CYCLES, seed: 9, way, ...flushing });
  expect(result.problems).toEqual([]);
  expect(result.ackedRequests).toBeGreaterThan(FLUSHING_CYCLES * 10);
  // Each life flushes what the one before left; the eighth block of a range is merged.
  expect(result.kept.flushes).toBeGreaterThan(FLUSHING_CYCLES * 2);
  expect(result.kept.merges).toBeGreaterThan(0);
  expect(result.kept.segmentsDropped).toBeGreaterThan(0);
});

test("canary: a build that acknowledges before the log has the records is caught", async () => {
  using way = killNine();
  const env = { GYRE_CANARY_ACK_EARLY: "1" };
  const { problems } = await runCrashCampaign({ cycles: CANARY_CYCLES, seed: 8, way, env });
  expect(problems.join("\n")).toMatch(/acknowledged requests lost/);
});
