import { expect, test } from "vitest";
import { DiskModel } from "#test/sim/disk-model.ts";
import { WalDisk } from "#test/sim/wal-disk.ts";
import { SeededRandom } from "#runtime/seeded-random.ts";
import { allocateLogChannel } from "#tsdb/wal/log-channel.ts";
import { LogLoop } from "#tsdb/wal/log-loop.ts";
import { LogProducer } from "#tsdb/wal/log-producer.ts";
import { replayLog } from "#tsdb/wal/log-reader.ts";
import type { LogProgress } from "#tsdb/wal/log-recovery.ts";
import { freshLogResume } from "#tsdb/wal/log-resume.ts";
import { emptyRecordHeader, type RecordHeader } from "#tsdb/wal/record-codec.ts";

const identity = { clusterUuid: new Uint8Array(16), logId: 0 };

async function logOf(
  records: readonly (Partial<RecordHeader> & { bytes?: number })[],
  chains: ReadonlyMap<number, number> = new Map(),
): Promise<WalDisk> {
  const disk = new WalDisk(new DiskModel());
  const channel = allocateLogChannel(1 << 20);
  const producer = new LogProducer(channel, chains);
  const loop = new LogLoop({
    ...{ disk, identity, channel, resume: freshLogResume },
    clock: { wallMs: () => 0, monoMs: () => 0 },
    random: new SeededRandom(1),
  });
  await loop.start();
  for (const { bytes = 8, ...fields } of records) {
    producer.append({ ...emptyRecordHeader(), type: 1, ...fields }, [new Uint8Array(bytes)]);
    await loop.turn();
  }
  producer.close();
  while ((await loop.turn()) !== "ended");
  return disk;
}

test("an absent log is empty", async () => {
  const recovery = await replayLog(new WalDisk(new DiskModel()), identity, () => {});
  expect(recovery.resume).toEqual(freshLogResume);
  expect(recovery.oldestSegmentId).toBe(0);
});

test("reports per shard where the log begins and ends", async () => {
  const disk = await logOf([
    { shard: 3, seq: 1 },
    { shard: 4, seq: 70 },
    { shard: 3, seq: 2 },
  ]);
  const places: number[] = [];
  const recovery = await replayLog(disk, identity, (_, place) => {
    places.push(place.offset);
  });
  expect(places).toEqual([128, 248, 368]);
  expect(recovery.shards.get(3)).toMatchObject({ firstSeq: 1, lastSeq: 2, recordCount: 2 });
  expect(recovery.shards.get(4)).toMatchObject({ firstSeq: 70, lastSeq: 70, recordCount: 1 });
  expect(recovery).toMatchObject({ recordCount: 3, recordBytes: 168, oldestSegmentId: 1 });
});

test("skips unknown records, unless they must be understood", async () => {
  const disk = await logOf([
    { type: 40, seq: 1 },
    { type: 1, seq: 2 },
  ]);
  const seqs: number[] = [];
  const recovery = await replayLog(disk, identity, ({ seq }) => {
    seqs.push(seq);
  });
  expect(seqs).toEqual([2]);
  expect(recovery.skippedCount).toBe(1);
  expect(recovery.corruptionCount).toBe(0);
  await expect(
    replayLog(await logOf([{ type: 40, flags: 1 }]), identity, () => {}),
  ).rejects.toThrow(/record type got 40/);
});

test("a whole log whose first record continues another one has a gap", async () => {
  const disk = await logOf([{ shard: 2, seq: 9 }], new Map([[2, 77]]));
  const { corruptions } = await replayLog(disk, identity, () => {});
  expect(corruptions).toEqual([{ kind: "gap", segmentId: 1, offset: 128, length: 0, shard: 2 }]);
});

test("reads records larger than its window and waits for its caller", async () => {
  const disk = await logOf([
    { seq: 1, bytes: 40_000 },
    { seq: 2, bytes: 16 },
  ]);
  const lengths: number[] = [];
  const progress: LogProgress[] = [];
  await replayLog(
    disk,
    identity,
    async ({ payload }) => {
      await Promise.resolve();
      lengths.push(payload.length);
    },
    { windowBytes: 512, report: (one) => progress.push(one) },
  );
  expect(lengths).toEqual([40_000, 16]);
  expect(progress.length).toBeGreaterThan(1);
  expect(progress.at(-1)!.bytesDone).toBeLessThanOrEqual(progress[0]!.bytesTotal);
});

test("what the caller throws ends the replay", async () => {
  const disk = await logOf([{ seq: 1 }]);
  const failing = replayLog(disk, identity, () => {
    throw new Error("no room");
  });
  await expect(failing).rejects.toThrow("no room");
});
