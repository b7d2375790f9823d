/**
 * Power cuts at every moment of a series log's lives, recoveries included: a load finds exactly the
 * series that live at the flushed cut, or at the one whose whole file was being finished.
 */
import { deepStrictEqual } from "node:assert/strict";
import { EngineError } from "#base/engine-error.ts";
import { SeededRandom } from "#runtime/seeded-random.ts";
import { cutAfter, logCutOf, openSeriesLog, seqOf } from "#test/support/series-log-rig.ts";
import type { PlainCut } from "#test/support/series-log-rig.ts";
import { enumerateCrashStates } from "../disk-crash-states.ts";
import { DiskModel } from "../disk-model.ts";
import { between, chance } from "../sim-random.ts";
import { unsyncedDisk } from "../unsynced-disk.ts";
import { WalDisk, type WalDiskHooks } from "../wal-disk.ts";

/** What the manifest calls flushed, and the cut that may be on its way. */
interface Expected {
  readonly flushed: PlainCut | undefined;
  readonly next: PlainCut | undefined;
}

async function check(model: DiskModel, { flushed, next }: Expected): Promise<void> {
  const { live, generation, loaded } = await openSeriesLog(new WalDisk(model), seqOf(flushed));
  deepStrictEqual(loaded.corruptions, []);
  const found = [flushed, next].find((cut) => (cut?.generation ?? 0) === generation);
  deepStrictEqual(live, found?.live ?? []);
  // Only a whole file may be ahead of the manifest.
  if (found === next && found !== undefined) deepStrictEqual(loaded.fileIds.length, 1);
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

export async function crashSeriesLog(
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
