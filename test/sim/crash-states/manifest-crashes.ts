/**
 * Power cuts at every moment of a manifest's lives, recoveries included, three deep: a load finds
 * the newest acknowledged version or the one in flight, whole, and never takes a crash for damage.
 */
import { deepStrictEqual } from "node:assert/strict";
import { epoch, seq, shardId } from "#model/refs.ts";
import { SeededRandom } from "#runtime/seeded-random.ts";
import { blockEntry } from "#test/support/block-entries.ts";
import { blockKeyOf } from "#tsdb/manifest/block-entry.ts";
import { applyEdit, type ManifestEdit, type ManifestState } from "#tsdb/manifest/manifest-state.ts";
import { Manifest } from "#tsdb/manifest/manifest.ts";
import { enumerateCrashStates } from "../disk-crash-states.ts";
import { DiskModel } from "../disk-model.ts";
import { between, chance } from "../sim-random.ts";
import { unsyncedDisk } from "../unsynced-disk.ts";
import { WalDisk, type WalDiskHooks } from "../wal-disk.ts";

const owner = { clusterUuid: new Uint8Array(16).fill(0x5c), shard: shardId(3) };
const one = epoch(1);

/** What a load may find: the acknowledged state, or one that was being written. */
type Allowed = readonly ManifestState[];

async function check(model: DiskModel, allowed: Allowed): Promise<ManifestState> {
  const manifest = await Manifest.open({ disk: new WalDisk(model), owner });
  const found = allowed.find(({ version }) => version === manifest.state.version);
  deepStrictEqual(manifest.state, found);
  return manifest.state;
}

function nextEdit(state: ManifestState, random: SeededRandom): ManifestEdit {
  const ids = [...state.blocks.values()].map(({ blockId }) => blockId);
  const removeBlocks = ids
    .filter(() => ids.length > 3 && chance(random, 0.5))
    .map((blockId) => blockKeyOf(blockEntry(blockId)));
  const addBlocks = Array.from({ length: between(random, 0, 4) }, (_, i) =>
    blockEntry(state.nextBlockId + i),
  );
  return { epoch: one, addBlocks, removeBlocks, flushedSeq: seq(state.flushedSeq + 10) };
}

/** A life of a few commits on `model`; at each moment `atMoment` is told what a load may find. */
async function live(
  model: DiskModel,
  before: Allowed,
  random: SeededRandom,
  atMoment: (allowed: Allowed) => Promise<void>,
  hooks: WalDiskHooks = {},
  isSyncing = true,
): Promise<Allowed> {
  let allowed: Allowed = [await check(model, before), ...before];
  const walDisk = new WalDisk(model, { ...hooks, beforeChange: () => atMoment(allowed) });
  const disk = isSyncing ? walDisk : unsyncedDisk(walDisk);
  const manifest = await Manifest.open({ disk, owner });
  try {
    await manifest.confirm();
    allowed = [manifest.state];
  } catch {
    // Not confirmed: what was there before the load is still possible.
  }
  for (let commits = between(random, 1, 4); commits > 0; commits--) {
    const edit = nextEdit(manifest.state, random);
    const next = applyEdit(manifest.state, edit);
    // Of two tries for one version the later is found first, and only one of them is.
    allowed = [next, ...allowed.filter(({ version }) => version < next.version)];
    const isSingle = !chance(random, 0.3);
    try {
      await manifest.commit(edit);
      allowed = [manifest.state];
    } catch {
      if (isSingle) break;
    }
  }
  await atMoment(allowed);
  return allowed;
}

async function tryCrashes(
  model: DiskModel,
  allowed: Allowed,
  random: SeededRandom,
  limits: readonly number[],
): Promise<number> {
  const [limit, ...deeper] = limits;
  if (limit === undefined) return 0;
  let tried = 0;
  for (const snapshot of enumerateCrashStates(model, limit)) {
    tried++;
    await check(DiskModel.from(snapshot), allowed);
    if (deeper.length === 0 || !chance(random, 0.1)) continue;
    const next = DiskModel.from(snapshot);
    await live(next, allowed, random, async (inner) => {
      tried += await tryCrashes(next, inner, random, deeper);
    });
  }
  return tried;
}

export async function crashManifest(
  seed: number,
  hooks: WalDiskHooks = {},
  isSyncing = true,
): Promise<number> {
  const random = new SeededRandom(seed);
  const model = new DiskModel();
  const first = await Manifest.open({ disk: new WalDisk(model), owner });
  let allowed: Allowed = [first.state];
  let tried = 0;
  for (let life = 0; life < 3; life++) {
    const moment = async (now: Allowed): Promise<void> => {
      tried += await tryCrashes(model, now, random, [12, 5, 3]);
    };
    allowed = await live(model, allowed, random, moment, hooks, isSyncing);
  }
  return tried;
}
