/**
 * One log through many lives: recovery, writing, faults, power cuts at every moment. The oracle is a
 * list of what was ever handed to the log, in order, and how much of it was promised (acknowledged,
 * or recovered by a life that opened). After any crash the log must be a prefix of that list, at
 * least as long as the promise, byte for byte, and free of reported damage.
 */
import { assert } from "#base/assert.ts";
import type { Random } from "#runtime/ports/random.ts";
import type { stepLog } from "#tsdb/wal/log-actor.ts";
import { allocateLogChannel } from "#tsdb/wal/log-channel.ts";
import { LogLoop } from "#tsdb/wal/log-loop.ts";
import { LogProducer } from "#tsdb/wal/log-producer.ts";
import { replayLog } from "#tsdb/wal/log-reader.ts";
import type { LogRecovery } from "#tsdb/wal/log-recovery.ts";
import { LOG_FAULTED, LOG_OPEN } from "#tsdb/wal/log-status.ts";
import { emptyRecordHeader } from "#tsdb/wal/record-codec.ts";
import type { LogIdentity } from "#tsdb/wal/segment-format.ts";
import { enumerateCrashStates } from "./disk-crash-states.ts";
import { DiskModel } from "./disk-model.ts";
import { between, chance } from "./sim-random.ts";
import { WalDisk, type WalDiskHooks } from "./wal-disk.ts";

export const walIdentity: LogIdentity = { clusterUuid: new Uint8Array(16).fill(0x5c), logId: 7 };

const SHARDS = 3;

/** What was handed to the log, in order; record i carries number `entries[i]`. */
export interface WalHistory {
  entries: number[];
  promised: number;
}

export interface WalLifeOptions {
  readonly random: Random;
  readonly records: number;
  readonly isClosed: boolean;
  readonly hooks?: WalDiskHooks;
  readonly segmentBytesMax?: number;
  readonly unsafeSkipSync?: boolean;
  readonly step?: typeof stepLog;
}

/** Thrown when the log broke its promise; anything else that is thrown is a failure of the test. */
export class WalViolation extends Error {
  override readonly name = "WalViolation";
}

function payloadOf(number: number): Uint8Array {
  const bytes = new Uint8Array(8 * (1 + ((number * 7919) % 40)));
  for (let at = 0; at < bytes.length; at++) bytes[at] = (number * 31 + at * 17) & 255;
  new DataView(bytes.buffer).setUint32(0, number, true);
  return bytes;
}

export interface WalContent {
  readonly numbers: number[];
  readonly recovery: LogRecovery;
}

/** Reads the log; every record must be one that was made by `live`, byte for byte. */
export async function readWal(disk: WalDisk, windowBytes = 1024): Promise<WalContent> {
  const numbers: number[] = [];
  const recovery = await replayLog(
    disk,
    walIdentity,
    (record) => {
      const { payload } = record;
      const number = new DataView(payload.buffer, payload.byteOffset).getUint32(0, true);
      const isMade =
        record.count === number &&
        record.shard === number % SHARDS &&
        record.seq === number &&
        Buffer.compare(payload, payloadOf(number)) === 0;
      if (!isMade) throw new WalViolation(`record ${number} was never made`);
      numbers.push(number);
    },
    { windowBytes },
  );
  return { numbers, recovery };
}

export async function checkWal(disk: WalDisk, history: WalHistory): Promise<WalContent> {
  const content = await readWal(disk);
  const { numbers, recovery } = content;
  if (numbers.length < history.promised) {
    throw new WalViolation(`got ${numbers.length} records, promised ${history.promised}`);
  }
  const wrong = numbers.findIndex((number, at) => number !== history.entries[at]);
  if (wrong >= 0) {
    throw new WalViolation(`got ${numbers[wrong]} at ${wrong}, want ${history.entries[wrong]}`);
  }
  if (recovery.corruptionCount > 0) {
    throw new WalViolation(`a crash looks like damage: ${JSON.stringify(recovery.corruptions)}`);
  }
  return content;
}

/** One life of the log on `model`: recovers, appends, commits, and closes or is just dropped. */
export async function live(
  model: DiskModel,
  history: WalHistory,
  options: WalLifeOptions,
  atMoment: (history: WalHistory) => Promise<void> = async () => {},
): Promise<"open" | "faulted"> {
  const { random } = options;
  let promisedNow = (): number => history.promised;
  const moment = (): Promise<void> =>
    atMoment({ entries: [...history.entries], promised: promisedNow() });
  const disk = new WalDisk(model, { ...options.hooks, beforeChange: moment });
  const { numbers, recovery } = await checkWal(disk, history);
  history.entries = numbers;
  const base = numbers.length;
  const channel = allocateLogChannel(1 << 14);
  const chains = new Map([...recovery.shards].map(([shard, { chain }]) => [shard, chain]));
  const producer = new LogProducer(channel, chains);
  let nowMs = 0;
  const loop = new LogLoop(
    {
      disk,
      clock: { wallMs: () => nowMs, monoMs: () => nowMs },
      random,
      identity: walIdentity,
      channel,
      resume: recovery.resume,
      segmentBytesMax: options.segmentBytesMax ?? 2048,
      batchBytesMax: 700,
      unsafeSkipSync: options.unsafeSkipSync ?? false,
    },
    options.step,
  );
  const positions: number[] = [];
  let wasOpen = false;
  promisedNow = () => {
    wasOpen ||= producer.status.state === LOG_OPEN;
    if (!wasOpen) return history.promised;
    const durable = producer.durablePosition();
    const acked = positions.filter((position) => position <= durable).length;
    return Math.max(history.promised, base + acked);
  };
  const header = { ...emptyRecordHeader(), type: 1 };
  await loop.start();
  let left = options.records;
  let rounds = 0;
  for (;;) {
    const burst = Math.min(left, between(random, 1, 4));
    for (let i = 0; i < burst; i++) {
      const number = history.entries.length + 1;
      Object.assign(header, { shard: number % SHARDS, seq: number, count: number });
      const position = producer.append(header, [payloadOf(number)]);
      if (position < 0) break;
      positions.push(position);
      history.entries.push(number);
      left--;
    }
    if (left === 0 && options.isClosed && burst > 0) producer.close();
    const turn = await loop.turn();
    await moment();
    if (turn === "ended" || (turn === "idle" && left === 0)) break;
    if (turn === "waiting") nowMs += between(random, 1, 1500);
    assert(++rounds < 10_000, "wal world: the log makes no progress");
  }
  history.promised = promisedNow();
  return producer.status.state === LOG_FAULTED ? "faulted" : "open";
}

/**
 * At a moment of some life: tries crash states of the disk, and in a few of them lives on, with
 * crashes inside that recovery, down to `depth` nested ones.
 */
export async function tryCrashes(
  model: DiskModel,
  history: WalHistory,
  random: Random,
  limits: readonly number[],
  options: Partial<WalLifeOptions> = {},
): Promise<number> {
  const [limit, ...deeper] = limits;
  if (limit === undefined) return 0;
  let tried = 0;
  for (const snapshot of enumerateCrashStates(model, limit)) {
    tried++;
    await checkWal(new WalDisk(DiskModel.from(snapshot)), history);
    if (deeper.length === 0 || !chance(random, 0.08)) continue;
    const next = DiskModel.from(snapshot);
    const life = { entries: [...history.entries], promised: history.promised };
    const lifeOptions = { records: 2, isClosed: false, ...options, random };
    await live(next, life, lifeOptions, async (inner) => {
      tried += await tryCrashes(next, inner, random, deeper, options);
    });
  }
  return tried;
}
