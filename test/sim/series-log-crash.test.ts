/**
 * Power cuts at every moment of a series log's lives, recoveries included: a load finds exactly the
 * series that live at the flushed cut, or at the one whose whole file was being finished. Disk
 * errors at every operation lose no series either.
 * Covers: src/tsdb/series-log/
 */
import { EngineError } from "#base/engine-error.ts";
import { SeededRandom } from "#runtime/seeded-random.ts";
import { cutAfter, logCutOf, openSeriesLog, seqOf } from "#test/support/series-log-rig.ts";
import type { PlainCut } from "#test/support/series-log-rig.ts";
import { expect, test } from "vitest";
import { enumerateCrashStates } from "./disk-crash-states.ts";
import { DiskModel } from "./disk-model.ts";
import { between, chance } from "./sim-random.ts";
import { unsyncedDisk } from "./unsynced-disk.ts";
import { WalDisk, type WalDiskHooks } from "./wal-disk.ts";

/** What the manifest calls flushed, and the cut that may be on its way. */
interface Expected {
  readonly flushed: PlainCut | undefined;
  readonly next: PlainCut | undefined;
}

async function check(model: DiskModel, { flushed, next }: Expected): Promise<void> {
  const { live, generation, loaded } = await openSeriesLog(new WalDisk(model), seqOf(flushed));
  expect(loaded.corruptions).toEqual([]);
  const found = [flushed, next].find((cut) => (cut?.generation ?? 0) === generation);
  expect(live).toEqual(found?.live ?? []);
  // Only a whole file may be ahead of the manifest.
  if (found === next && found !== undefined) expect(loaded.fileIds.length).toBe(1);
}

function nextCut(before: PlainCut | undefined, random: SeededRandom): PlainCut {
  const share = between(random, 0, 3);
  return cutAfter(before, between(random, 0, 7), (ref) => ref % 4 < share && chance(random, 0.5));
}

/** A life of a few cuts on `model`, ended by an error or by its own will. */
async function live(
  model: DiskModel,
  before: Expected,
  random: SeededRandom,
  atMoment: (expected: Expected) => Promise<void>,
  hooks: WalDiskHooks = {},
  isSyncing = true,
): Promise<Expected> {
  let expected = before;
  const walDisk = new WalDisk(model, { ...hooks, beforeChange: () => atMoment(expected) });
  const disk = isSyncing ? walDisk : unsyncedDisk(walDisk);
  const { log } = await openSeriesLog(disk, seqOf(before.flushed));
  for (let i = 0; i < 3; i++) {
    const next = expected.next ?? nextCut(expected.flushed, random);
    expected = { flushed: expected.flushed, next };
    try {
      await log.append(logCutOf(next));
      // The manifest is another file's business: committed at once.
      expected = { flushed: next, next: undefined };
      await log.removeOld();
    } catch (error) {
      // Tried again, unless the next life does.
      if (!(error instanceof EngineError)) throw error;
    }
  }
  await atMoment(expected);
  return expected;
}

async function crashing(
  seed: number,
  depth: number,
  limit: number,
  isSyncing = true,
): Promise<number> {
  const random = new SeededRandom(seed);
  let tried = 0;
  const explore = async (model: DiskModel, before: Expected, left: number): Promise<void> => {
    const moments: { model: DiskModel; expected: Expected }[] = [];
    const atMoment = async (expected: Expected): Promise<void> => {
      for (const snapshot of enumerateCrashStates(model, limit)) {
        tried++;
        await check(DiskModel.from(snapshot), expected);
        if (chance(random, 0.02)) moments.push({ model: DiskModel.from(snapshot), expected });
      }
    };
    await live(model, before, random, atMoment, {}, isSyncing);
    if (left === 0) return;
    for (const moment of moments.slice(0, 3)) {
      await explore(moment.model, moment.expected, left - 1);
    }
  };
  await explore(new DiskModel(), { flushed: undefined, next: undefined }, depth);
  return tried;
}

test.each([1, 2, 3])("no power cut loses a series or brings one back (seed %i)", async (seed) => {
  expect(await crashing(seed, 3, 12)).toBeGreaterThan(250);
});

test("a disk that forgets to sync is caught", async () => {
  await expect(crashing(4, 2, 12, false)).rejects.toThrow();
});
