/**
 * Power cuts at every moment of a shard's blocks: flushes, merges, rewrites, deletions of files,
 * recoveries included, three deep.
 */
import { SeededRandom } from "#runtime/seeded-random.ts";
import { BlockRig } from "#test/support/block-rig.ts";
import { BlockLife, checkBlockLife, type Contents } from "../block-life.ts";
import { enumerateCrashStates } from "../disk-crash-states.ts";
import { DiskModel } from "../disk-model.ts";
import { chance } from "../sim-random.ts";

async function tryCrashes(
  model: DiskModel,
  allowed: Contents,
  random: SeededRandom,
  limits: readonly number[],
): Promise<number> {
  const [limit, ...deeper] = limits;
  if (limit === undefined) return 0;
  let tried = 0;
  for (const snapshot of enumerateCrashStates(model, limit)) {
    tried++;
    const state = await checkBlockLife(DiskModel.from(snapshot), allowed);
    if (deeper.length === 0 || !chance(random, 0.02)) continue;
    const next = DiskModel.from(snapshot);
    const left = new Map([[state.version, allowed.get(state.version)!]]);
    const moment = async (now: Contents): Promise<void> => {
      tried += await tryCrashes(next, now, random, deeper);
    };
    await new BlockLife(next, left, random, moment, {}, true).run(1);
  }
  return tried;
}

export async function crashBlockLife(seed: number, isSyncing = true): Promise<number> {
  const random = new SeededRandom(seed);
  const model = new DiskModel();
  let allowed: Contents = new Map([[0, []]]);
  let tried = 0;
  for (let life = 0; life < 2; life++) {
    const moment = async (now: Contents): Promise<void> => {
      tried += await tryCrashes(model, now, random, [3, 2, 2]);
    };
    const lived = new BlockLife(model, allowed, random, moment, {}, isSyncing);
    await lived.run(6);
    allowed = lived.allowed;
    const { blocks } = await checkBlockLife(model, allowed);
    const rig = new BlockRig({ model });
    for (const { blockId, footerCrc } of blocks.values()) {
      await (await rig.open(blockId, footerCrc)).verify();
    }
  }
  return tried;
}
