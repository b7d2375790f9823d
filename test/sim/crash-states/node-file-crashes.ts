/**
 * Power cuts at every moment of the lives of `node.json`: each life counts its start in it. A load
 * finds the last count that was acknowledged or the one being written, whole.
 */
import { assert } from "#base/assert.ts";
import { SeededRandom } from "#runtime/seeded-random.ts";
import { readNodeFile, writeNodeFile, type NodeMeta } from "#tsdb/node-file.ts";
import { enumerateCrashStates } from "../disk-crash-states.ts";
import { DiskModel } from "../disk-model.ts";
import { between, chance } from "../sim-random.ts";
import { WalDisk } from "../wal-disk.ts";

const SHARDS_MAX = 8;
/** A file of several sectors, so that it can be torn. */
const PLACES_PER_SHARD = 64;

function metaOf(shards: number, bootCount: number): NodeMeta {
  const shardCount = shards * PLACES_PER_SHARD;
  return {
    clusterUuid: "5c".repeat(16),
    nodeId: "node-1",
    shardCount,
    hashSeed: [1, 2],
    lanes: 4,
    bootCount,
    shardLogs: Array.from({ length: shardCount }, (_, shard) => shard % 3),
  };
}

/** Nested crashes as in the other worlds: the recovery of a crash state is a life like any other. */
export async function crashNodeFile(seed: number, limits: readonly number[]): Promise<number> {
  const random = new SeededRandom(seed);
  const shards = 2 ** between(random, 0, Math.log2(SHARDS_MAX));
  let tried = 0;
  const live = async (
    model: DiskModel,
    before: number,
    deeper: readonly number[],
  ): Promise<void> => {
    const [limit, ...rest] = deeper;
    let acked = before;
    let written = before;
    const moment = async (): Promise<void> => {
      if (limit === undefined) return;
      for (const snapshot of enumerateCrashStates(model, limit)) {
        tried++;
        const next = DiskModel.from(snapshot);
        const found = (await readNodeFile(new WalDisk(next)))?.bootCount ?? 0;
        assert(found === acked || found === written, () => `got boot ${found}, want ${acked}`);
        if (rest.length > 0 && chance(random, 0.1)) await live(next, found, rest);
      }
    };
    const disk = new WalDisk(model, { beforeChange: moment });
    for (let boot = 0; boot < 2; boot++) {
      written = acked + 1;
      await writeNodeFile(disk, metaOf(shards, written));
      acked = written;
      await moment();
    }
  };
  await live(new DiskModel(), 0, limits);
  return tried;
}
