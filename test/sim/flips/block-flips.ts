/**
 * Bits of blocks, raw ones and tiers: the damage is named by the file's path when a read meets it,
 * and a whole verification finds every flip outside the zeros between pages.
 */
import { isDeepStrictEqual } from "node:util";
import { EngineError } from "#base/engine-error.ts";
import { seq, tenantId } from "#model/refs.ts";
import { SeededRandom } from "#runtime/seeded-random.ts";
import {
  BlockRig,
  bitsOf,
  HOUR_MS,
  owner,
  plainOf,
  scrapedSeries,
  tagOf,
  type PlainSeries,
} from "#test/support/block-rig.ts";
import { kernelPageTools } from "#test/support/kernel-pages.ts";
import { plainBuckets } from "#test/support/plain-buckets.ts";
import type { BlockReader } from "#tsdb/block/block-reader.ts";
import { BlockReaders } from "#tsdb/block/block-readers.ts";
import { ALL_AGGREGATES } from "#tsdb/block/tier-cursor.ts";
import { runCompaction } from "#tsdb/compaction/run-compaction.ts";
import { blockEntryOf } from "#tsdb/manifest/block-entry.ts";
import { blockPath } from "#tsdb/block/block-path.ts";
import { DiskModel, type DiskSnapshot } from "../disk-model.ts";
import { between } from "../sim-random.ts";
import type { FlipSubject, FlipVerdict } from "./flip-target.ts";

const RANGE_MS = 4 * HOUR_MS;
const EVERYTHING = { minMs: -Infinity, maxMs: Infinity };
const PLACEMENT_MAX = 0xffff_ffff;

function seriesOf(seed: number): PlainSeries[] {
  const random = new SeededRandom(seed);
  const series = [
    ...scrapedSeries(2, between(random, 2, 6), between(random, 20, 60)),
    ...scrapedSeries(1, 2, 10, { tenant: 4 }),
  ];
  // Values that no decimal is short enough for.
  const odd = series[0]!;
  const samples = odd.samples.map(([at], i): [number, bigint] => [at, bitsOf(Math.PI * (i + 1))]);
  const items = samples.map(([at], i): [number, string] => [at, `${10 + i}0307`.repeat(24)]);
  const histograms: PlainSeries = {
    labels: { __name__: "sizes", job: "node" },
    samples: items.map(([at, item]) => [at, tagOf(item)]),
    items,
  };
  return [{ ...odd, labels: { ...odd.labels, odd: "yes" }, samples }, histograms, ...series];
}

async function subjectOf(
  snapshot: DiskSnapshot,
  blockId: number,
  read: (reader: BlockReader) => Promise<unknown>,
): Promise<FlipSubject> {
  const tools = kernelPageTools();
  const path = blockPath(owner.shard, blockId);
  const golden = snapshot.get(path)!;
  const open = (bytes: DiskSnapshot): Promise<BlockReader> =>
    new BlockRig({ model: DiskModel.from(bytes), tools }).open(blockId);
  const want = await read(await open(snapshot));
  return {
    // The folders, and one file.
    snapshot: new Map([...snapshot].filter(([name, bytes]) => bytes === null || name === path)),
    judge: async (changed, _path, offset): Promise<FlipVerdict> => {
      try {
        const reader = await open(changed);
        if (!isDeepStrictEqual(await read(reader), want)) return { fault: "other answers" };
        await reader.verify();
        return golden[offset] === 0 ? "right" : { fault: "a whole verification finds nothing" };
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        const isNamed = error.message.startsWith(`cannot read ${path}: `);
        return isNamed ? "named" : { fault: `an error without its file: ${error.message}` };
      }
    },
  };
}

export async function rawBlockFlips(seed: number): Promise<FlipSubject> {
  const rig = new BlockRig({ tools: kernelPageTools() });
  await rig.write(seriesOf(seed));
  return await subjectOf(rig.model.liveSnapshot(), 1, async (reader) => {
    const chosen = await reader.select(tenantId(4), [{ name: "job", kind: "=", value: "node" }]);
    const some = await reader.read(chosen, { minMs: 0, maxMs: 60_000 });
    return [await plainOf(await reader.readAll(EVERYTHING)), await plainOf(some)];
  });
}

export async function tierBlockFlips(seed: number): Promise<FlipSubject> {
  const tools = kernelPageTools();
  const rig = new BlockRig({ tools });
  const { disk } = rig;
  const written = await rig.write(seriesOf(seed), { rangeEndMs: RANGE_MS });
  const readers = new BlockReaders({ disk, clusterUuid: owner.clusterUuid, tools });
  let blockId = 1;
  const { addBlocks } = await runCompaction(
    {
      tier: 0,
      rangeStartMs: 0,
      rangeEndMs: RANGE_MS,
      sources: [blockEntryOf(written!, owner.shard, seq(0))],
      isMerge: false,
      makesTiers: [1],
      replaces: [],
    },
    { disk, owner, tools, readers, tombstones: [], takeBlockId: () => ++blockId },
  );
  const tier = addBlocks.find((block) => block.tier === 1)!;
  const subject = await subjectOf(rig.model.liveSnapshot(), tier.blockId, async (reader) => {
    const owned = await reader.owned(0, PLACEMENT_MAX);
    const cursor = await reader.readTier(owned, EVERYTHING, ALL_AGGREGATES);
    return [...(await plainBuckets(cursor))];
  });
  await readers.close();
  return subject;
}
