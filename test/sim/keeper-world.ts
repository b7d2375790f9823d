/**
 * A keeper node through many lives on the disk model: appends, cuts, flushes, merges, truncations, in
 * an order that dice choose. The oracle is what was ever sent and what of it was acknowledged. After
 * any crash a start must find, in head and blocks together, all that was acknowledged and nothing
 * that was never sent, every sample in one part.
 */
import { must } from "#base/assert.ts";
import type { Random } from "#runtime/ports/random.ts";
import { allocateLogChannel, type LogChannel } from "#tsdb/wal/log-channel.ts";
import { LogLoop } from "#tsdb/wal/log-loop.ts";
import {
  KEEPER_SHARDS,
  KeeperNode,
  KeeperViolation,
  keeperIdentity,
  type KeeperHistory,
  type KeeperMistake,
} from "./keeper-node.ts";
import { chance, pick } from "./sim-random.ts";
import type { WalDisk } from "./wal-disk.ts";

/** A cut wants a MiB of room. */
const RING_BYTES: number = 4 * 1024 * 1024;
/** Of starts that only look. */
const LOOK_LIFE = 1000;

export function freshHistory(): KeeperHistory {
  return { number: 0, sent: new Set(), acked: new Set() };
}

/** For starts that only look: nothing is appended. */
const idleChannel: LogChannel = allocateLogChannel(RING_BYTES);

/** Starts on `disk`, reads everything and holds it against the promise. */
export async function checkKeeper(disk: WalDisk, history: KeeperHistory): Promise<void> {
  const node = new KeeperNode({
    disk,
    history: freshHistory(),
    life: LOOK_LIFE,
    channel: idleChannel,
  });
  await node.open();
  const list = await node.read();
  const found = new Set(list);
  if (found.size < list.length) throw new KeeperViolation("a sample is in two parts");
  const lost = [...history.acked].filter((key) => !found.has(key));
  if (lost.length > 0) throw new KeeperViolation(`lost ${lost.length}, the first is ${lost[0]}`);
  const made = list.filter((key) => !history.sent.has(key));
  if (made.length > 0) throw new KeeperViolation(`never sent: ${made[0]}`);
}

export interface KeeperReading {
  /** As the history writes them. */
  readonly samples: readonly string[];
  /** What the keepers said about damage. */
  readonly reports: readonly string[];
  readonly tornBytes: number;
}

/** Starts on `disk` and reads everything; throws what a node would not serve. */
export async function readKeeper(disk: WalDisk): Promise<KeeperReading> {
  const node = new KeeperNode({
    disk,
    history: freshHistory(),
    life: LOOK_LIFE,
    channel: idleChannel,
  });
  const { tornBytes } = await node.open();
  return { samples: await node.read(), reports: node.logger.lines, tornBytes };
}

export interface KeeperLifeOptions {
  readonly random: Random;
  readonly life: number;
  readonly steps: number;
  readonly mistake?: KeeperMistake | null;
  /**
   * Called at the end, when whatever was wrong with the disk is over: from then on the life must show
   * all that it acknowledged, and take samples again by itself.
   */
  readonly heal?: () => void;
}

/** A log that waits for space looks again in so many turns. */
const HEAL_TURNS_MAX = 20;

/** One life: opens, does this and that, and is dropped. */
export async function liveKeeper(
  disk: WalDisk,
  history: KeeperHistory,
  { random, life, steps, mistake = null, heal }: KeeperLifeOptions,
): Promise<void> {
  const node = new KeeperNode({
    disk,
    history,
    life,
    channel: allocateLogChannel(RING_BYTES),
    mistake,
  });
  const { resume } = await node.open();
  let nowMs = 0;
  const loop = new LogLoop({
    disk,
    clock: { wallMs: () => nowMs, monoMs: () => nowMs },
    random,
    identity: keeperIdentity,
    channel: node.channel,
    resume,
    segmentBytesMax: 1024,
    batchBytesMax: 700,
  });
  await loop.start();
  node.log.start(1e12);
  await node.discardUnlisted();
  const commit = async (): Promise<void> => {
    if ((await loop.turn()) === "waiting") nowMs += 1500;
    node.log.noteState();
    node.log.advance();
  };
  for (let step = 0; step < steps; step++) {
    const shard = pick(random, KEEPER_SHARDS);
    if (chance(random, 0.6)) node.append(shard, random);
    if (chance(random, 0.6)) await commit();
    const hosted = must(node.log.shard(shard), "hosted shard");
    if (chance(random, 0.15) && !hosted.isEmpty) node.log.cut(hosted, 1e12);
    if (chance(random, 0.2)) await node.flush();
    if (chance(random, 0.1)) await node.tidy(shard);
    if (chance(random, 0.1)) await node.truncate();
  }
  if (heal === undefined) return;
  await checkServing(node, history);
  heal();
  for (const shard of KEEPER_SHARDS)
    await checkResumed(node, history, () => {
      node.append(shard, random);
      return commit();
    });
  await checkServing(node, history);
}

/** What was acknowledged in this life or before it can be read in it. */
async function checkServing(node: KeeperNode, history: KeeperHistory): Promise<void> {
  const found = new Set(await node.read());
  const hidden = [...history.acked].filter((key) => !found.has(key));
  if (hidden.length > 0) throw new KeeperViolation(`does not show ${hidden[0]}`);
}

async function checkResumed(
  node: KeeperNode,
  history: KeeperHistory,
  send: () => Promise<void>,
): Promise<void> {
  const before = history.acked.size;
  for (let turn = 0; turn < HEAL_TURNS_MAX; turn++) {
    await send();
    if (history.acked.size > before) return;
  }
  throw new KeeperViolation("takes no samples although the disk is well again");
}
