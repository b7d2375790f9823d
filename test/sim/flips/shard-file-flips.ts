/**
 * Bits of the small files beside log and blocks: series log, manifest, node file, control file. They
 * are read whole, so a flip gives the same content, a report, or an error with its name.
 */
import { isDeepStrictEqual } from "node:util";
import { EngineError } from "#base/engine-error.ts";
import { epoch, seq, shardId } from "#model/refs.ts";
import { decodeControlFile, encodeControlFile } from "#runtime/control/control-file.ts";
import { SeededRandom } from "#runtime/seeded-random.ts";
import { blockEntry } from "#test/support/block-entries.ts";
import {
  cutAfter,
  logCutOf,
  openSeriesLog,
  seqOf,
  type PlainCut,
} from "#test/support/series-log-rig.ts";
import { Manifest } from "#tsdb/manifest/manifest.ts";
import { manifestLoss } from "#tsdb/manifest/manifest-loss.ts";
import { readNodeFile, writeNodeFile } from "#tsdb/node-file.ts";
import { DiskModel, type DiskSnapshot } from "../disk-model.ts";
import { between } from "../sim-random.ts";
import { WalDisk } from "../wal-disk.ts";
import type { FlipSubject, FlipVerdict } from "./flip-target.ts";

const CUTS = 6;
const COMMITS = 8;
const owner = { clusterUuid: new Uint8Array(16).fill(0x5c), shard: shardId(3) };

/** What a file says; `isReported` when it also says that something is damaged. */
interface Content {
  readonly content: unknown;
  readonly isReported: boolean;
}

async function subjectOf(
  snapshot: DiskSnapshot,
  read: (snapshot: DiskSnapshot) => Promise<Content>,
): Promise<FlipSubject> {
  const { content } = await read(snapshot);
  return {
    snapshot,
    judge: async (changed): Promise<FlipVerdict> => {
      try {
        const found = await read(changed);
        if (found.isReported) return "named";
        return isDeepStrictEqual(found.content, content) ? "right" : { fault: "it says otherwise" };
      } catch (error) {
        if (error instanceof EngineError) return "named";
        throw error;
      }
    },
  };
}

export async function seriesLogFlips(seed: number): Promise<FlipSubject> {
  const random = new SeededRandom(seed);
  const model = new DiskModel();
  const { log } = await openSeriesLog(new WalDisk(model), 0);
  let cut: PlainCut | undefined;
  for (let i = 0; i < CUTS; i++) {
    cut = cutAfter(cut, between(random, 2, 9), (ref) => (ref + i) % 5 === 0);
    await log.append(logCutOf(cut));
    await log.removeOld();
  }
  return await subjectOf(model.liveSnapshot(), async (snapshot) => {
    const disk = new WalDisk(DiskModel.from(snapshot));
    const { live, generation, loaded } = await openSeriesLog(disk, seqOf(cut));
    return { content: [live, generation], isReported: loaded.corruptions.length > 0 };
  });
}

export async function manifestFlips(seed: number): Promise<FlipSubject> {
  const random = new SeededRandom(seed);
  const model = new DiskModel();
  const manifest = await Manifest.open({ disk: new WalDisk(model), owner });
  for (let i = 0; i < COMMITS; i++) {
    const { nextBlockId, flushedSeq } = manifest.state;
    const addBlocks = Array.from({ length: between(random, 1, 4) }, (_, at) =>
      blockEntry(nextBlockId + at),
    );
    await manifest.commit({ epoch: epoch(1), addBlocks, flushedSeq: seq(flushedSeq + 10) });
  }
  const { version, epoch: at } = manifest.state;
  // The log of the shard knows the version: a manifest that falls behind it is noticed.
  const witness = { epoch: at, version };
  await manifest.close();
  return await subjectOf(model.liveSnapshot(), async (snapshot) => {
    const disk = new WalDisk(DiskModel.from(snapshot));
    const { state, loaded } = await Manifest.open({ disk, owner });
    const isBehind = manifestLoss(state, witness) !== null;
    return { content: state, isReported: isBehind || loaded.corruptions.length > 0 };
  });
}

export async function nodeFileFlips(seed: number): Promise<FlipSubject> {
  const model = new DiskModel();
  const shardCount = 16;
  await writeNodeFile(new WalDisk(model), {
    clusterUuid: "5c".repeat(16),
    nodeId: `node-${seed}`,
    shardCount,
    hashSeed: [seed, 2],
    lanes: 4,
    bootCount: seed,
    shardLogs: Array.from({ length: shardCount }, (_, shard) => shard % 3),
  });
  return await subjectOf(model.liveSnapshot(), async (snapshot) => {
    const content = await readNodeFile(new WalDisk(DiskModel.from(snapshot)));
    return { content, isReported: false };
  });
}

export async function controlFileFlips(seed: number): Promise<FlipSubject> {
  const random = new SeededRandom(seed);
  const entries = Array.from({ length: 5 }, (_, i) => ({
    key: `shard/${i}`,
    modRevision: i + 1,
    value: Uint8Array.from({ length: between(random, 0, 30) }, () => random.u32()),
  }));
  const bytes = encodeControlFile({ revision: 9, entries });
  return await subjectOf(new Map([["control.json", bytes]]), async (snapshot) => {
    return { content: decodeControlFile(snapshot.get("control.json")!), isReported: false };
  });
}
