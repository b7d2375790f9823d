/**
 * The loop on the machine's own disk and in a thread of its own, as production runs it. Crashes and
 * faults are in test/sim/wal-*.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, expect, test } from "vitest";
import { NodeDisk } from "#runtime/node/node-disk.ts";
import { allocateLogChannel } from "#tsdb/wal/log-channel.ts";
import { LogProducer } from "#tsdb/wal/log-producer.ts";
import { replayLog } from "#tsdb/wal/log-reader.ts";
import { LOG_CLOSED, LOG_OPEN, LOG_STARTING } from "#tsdb/wal/log-status.ts";
import { emptyRecordHeader } from "#tsdb/wal/record-codec.ts";

const root = mkdtempSync(join(tmpdir(), "gyre-wal-"));
afterAll(() => rmSync(root, { recursive: true }));

const identity = { clusterUuid: new Uint8Array(16).fill(9), logId: 1 };

const source = `
import { workerData } from "node:worker_threads";
const { urls, init } = workerData;
const { NodeClock } = await import(urls.clock);
const { NodeDisk } = await import(urls.disk);
const { SeededRandom } = await import(urls.random);
const { runLogLoop } = await import(urls.loop);
await runLogLoop({
  ...init,
  disk: new NodeDisk(init.root),
  clock: new NodeClock(),
  random: new SeededRandom(init.seed),
});
`;

function urlOf(path: string): string {
  return new URL(`../../../../src/${path}`, import.meta.url).href;
}

test("records become durable, in order, across segments and lives", async () => {
  const urls = {
    clock: urlOf("runtime/node/node-clock.ts"),
    disk: urlOf("runtime/node/node-disk.ts"),
    random: urlOf("runtime/seeded-random.ts"),
    loop: urlOf("tsdb/wal/log-loop.ts"),
  };
  const payload = new Uint8Array(2000).fill(3);
  let written = 0;
  for (let life = 1; life <= 2; life++) {
    const seqs: number[] = [];
    const recovery = await replayLog(new NodeDisk(root), identity, ({ seq }) => {
      seqs.push(seq);
    });
    expect(seqs).toEqual(Array.from({ length: written }, (_, i) => i + 1));
    expect(recovery.corruptionCount).toBe(0);
    const channel = allocateLogChannel(1 << 16);
    const chains = new Map([...recovery.shards].map(([id, { chain }]) => [id, chain]));
    const producer = new LogProducer(channel, chains);
    const init = {
      ...{ root, identity, channel, resume: recovery.resume, seed: life },
      segmentBytesMax: 64 * 1024,
    };
    const worker = new Worker(source, { eval: true, workerData: { urls, init } });
    const ended = new Promise((resolve, reject) => {
      worker.once("exit", resolve);
      worker.once("error", reject);
    });
    expect(await producer.status.whenChanged(LOG_STARTING, 10_000)).toBe(LOG_OPEN);
    const header = { ...emptyRecordHeader(), type: 1, shard: 2, count: 1 };
    for (let i = 0; i < 100; i++) {
      header.seq = ++written;
      while (producer.append(header, [payload]) < 0) {
        expect(await producer.whenRoom(payload.length, 10_000)).toBe(true);
      }
    }
    expect(await producer.cursor.waitAsync(producer.position, 10_000)).toBe(true);
    expect(producer.durablePosition()).toBe(100 * 2048);
    producer.close();
    await ended;
    expect(producer.status.state).toBe(LOG_CLOSED);
    expect(producer.status.read("batches")).toBeGreaterThan(0);
    expect(producer.status.read("syncs")).toBeGreaterThan(producer.status.read("batches"));
    expect(producer.status.read("bytes")).toBeGreaterThan(100 * 2048);
    expect(producer.status.read("segments")).toBeGreaterThan(2);
    expect(producer.status.read("errors")).toBe(0);
  }
  expect(readdirSync(join(root, "wal/0001")).length).toBeGreaterThan(5);
}, 30_000);
