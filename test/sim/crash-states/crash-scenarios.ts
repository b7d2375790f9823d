/**
 * Every update protocol of the data folder, with what one seed of it tries at full harshness. A new
 * protocol gets a line here; the shares keep cheap ones from filling a campaign.
 */
import { SeededRandom } from "#runtime/seeded-random.ts";
import { scrapedSeries } from "#test/support/block-rig.ts";
import { chance, pick } from "../sim-random.ts";
import type { WalDiskHooks, WalFault } from "../wal-disk.ts";
import { crashBlockLife } from "./block-life-crashes.ts";
import { crashBlockWrite } from "./block-write-crashes.ts";
import { crashKeeper } from "./keeper-crashes.ts";
import { crashLog, failingLogDisk } from "./log-crashes.ts";
import { crashManifest } from "./manifest-crashes.ts";
import { crashNodeFile } from "./node-file-crashes.ts";
import { crashSeriesLog } from "./series-log-crashes.ts";
import { crashSnapshots } from "./snapshot-crashes.ts";

export interface CrashScenario {
  readonly name: string;
  /** Share of a campaign's states. */
  readonly share: number;
  /** Crash states that were tried; throws what was found wrong. */
  readonly run: (seed: number) => Promise<number>;
}

/** Of the operations of a life; more and hardly anything is ever written. */
const FAULT_RATE = 0.08;
const KEEPER_FAULT_RATE = 0.02;
const KEEPER = { lives: 3, steps: 50, rate: 0.06, depth: 3 };

function failingDisk(seed: number): WalDiskHooks {
  const random = new SeededRandom(seed);
  return {
    faultAt: () =>
      chance(random, FAULT_RATE) ? pick<WalFault>(random, ["io", "no-space", "short"]) : null,
  };
}

export const CRASH_SCENARIOS: readonly CrashScenario[] = [
  { name: "log", share: 0.2, run: (seed) => crashLog(seed) },
  {
    name: "log, failing disk",
    share: 0.15,
    run: (seed) => crashLog(seed, failingLogDisk(new SeededRandom(seed), FAULT_RATE)),
  },
  { name: "series log", share: 0.15, run: (seed) => crashSeriesLog(seed, 3, 12) },
  { name: "manifest", share: 0.15, run: (seed) => crashManifest(seed) },
  {
    name: "manifest, failing disk",
    share: 0.1,
    run: (seed) => crashManifest(seed, failingDisk(seed)),
  },
  { name: "node file", share: 0.05, run: (seed) => crashNodeFile(seed, [30, 8, 4]) },
  { name: "snapshot: take, remove, restore, split", share: 0.02, run: crashSnapshots },
  {
    name: "block write",
    share: 0.03,
    run: (seed) => {
      const series = scrapedSeries(1 + (seed % 4), 2 + (seed % 5), 20 + (seed % 60));
      return crashBlockWrite(60, true, series);
    },
  },
  {
    name: "blocks: flush, merge, delete, rewrite",
    share: 0.06,
    run: (seed) => crashBlockLife(seed),
  },
  {
    name: "cut, flush, switch, truncation",
    share: 0.07,
    run: (seed) => crashKeeper(seed, KEEPER),
  },
  {
    name: "the same, failing disk",
    share: 0.02,
    run: (seed) => crashKeeper(seed, { ...KEEPER, faultRate: KEEPER_FAULT_RATE }),
  },
];
