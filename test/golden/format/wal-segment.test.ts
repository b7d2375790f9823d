/**
 * A whole log segment, byte for byte. The fixture was computed by a separate program from
 * `src/tsdb/wal/FORMAT.md`; the writer must make it and the reader must read it. A change of format
 * adds a fixture, it never changes this one.
 */
import { readFileSync } from "node:fs";
import { DiskModel } from "#test/sim/disk-model.ts";
import { WalDisk } from "#test/sim/wal-disk.ts";
import { allocateLogChannel } from "#tsdb/wal/log-channel.ts";
import { LogLoop } from "#tsdb/wal/log-loop.ts";
import { LogProducer } from "#tsdb/wal/log-producer.ts";
import { replayLog } from "#tsdb/wal/log-reader.ts";
import { freshLogResume } from "#tsdb/wal/log-resume.ts";
import { emptyRecordHeader, type RecordHeader } from "#tsdb/wal/record-codec.ts";
import { encodeSamples, samplesPayloadBytesMax } from "#tsdb/wal/sample-payload.ts";
import { SeriesPayloadWriter } from "#tsdb/wal/series-payload-writer.ts";
import { seriesRef, tenantId } from "#model/refs.ts";
import type { LogRecord } from "#storage/log-record.ts";
import type { Random } from "#runtime/ports/random.ts";
import { expect, test } from "vitest";

const fixture = JSON.parse(
  readFileSync(new URL("./wal-segment.json", import.meta.url), "utf8"),
) as { clusterUuid: string; logId: number; salt: number; bytes: string[] };
const golden = Uint8Array.fromHex(fixture.bytes.join(""));
const identity = { clusterUuid: Uint8Array.fromHex(fixture.clusterUuid), logId: fixture.logId };
const path = "wal/0007/00000001.wal";

const values = new Float64Array(
  new BigUint64Array([0x7ff0_0000_0000_0002n, 1n << 63n, 0x7ffn << 52n]).buffer,
);

function samples(refs: number[], timestamps: number[]): Uint8Array {
  const into = new Uint8Array(samplesPayloadBytesMax(3));
  const columns = [Uint32Array.from(refs), Float64Array.from(timestamps)] as const;
  return into.subarray(0, encodeSamples(into, ...columns, values, 3));
}

function series(): Uint8Array {
  const writer = new SeriesPayloadWriter();
  writer.reset(tenantId(5));
  const labels = new TextEncoder().encode("\u0008__name__\u0002up");
  const words = [0x5566_7788, 0x1122_3344, 0xddee_ff00, 0x99aa_bbcc] as const;
  writer.add(seriesRef(1), ...words, labels, 0, labels.length);
  writer.add(seriesRef(2), 1, 0, 2, 0, labels, 0, 0);
  return writer.payload;
}

const writer = { writerIdLow: 0xe5f6_0718, writerIdHigh: 0xa1b2_c3d4 };
const shard0 = { shard: 0, epoch: 3 };
const records: readonly (Partial<RecordHeader> & { payload: Uint8Array })[] = [
  { type: 2, count: 2, seq: 1, ...shard0, ...writer, writerSeqLow: 9, payload: series() },
  {
    ...{ type: 1, count: 3, seq: 2, ...shard0, ...writer, writerSeqLow: 10 },
    payload: samples([1, 2, 3], [1_700_000_000_000, 1_700_000_000_000, 1_700_000_000_000]),
  },
  {
    ...{ type: 1, count: 3, seq: 2 ** 40 + 1, shard: 63, epoch: 4 },
    payload: samples([9, 4, 0xffff_ffff], [-5, -1005, 995]),
  },
  {
    ...{ type: 1, flags: 1, count: 3, seq: 3, ...shard0 },
    payload: samples([9, 4, 7], [-(2 ** 52), 2 ** 52 - 1, -1]),
  },
];

test("the writer makes the golden bytes", async () => {
  const model = new DiskModel();
  const channel = allocateLogChannel(1 << 14);
  const producer = new LogProducer(channel);
  const random: Random = { u32: () => fixture.salt, float: () => 0, fork: () => random };
  const loop = new LogLoop({
    disk: new WalDisk(model),
    clock: { wallMs: () => 0, monoMs: () => 0 },
    random,
    identity,
    channel,
    resume: freshLogResume,
  });
  await loop.start();
  for (const { payload, ...fields } of records) {
    producer.append({ ...emptyRecordHeader(), ...fields }, [payload]);
  }
  producer.close();
  while ((await loop.turn()) !== "ended");
  expect(
    model
      .liveSnapshot()
      .get(path)!
      .toHex()
      .match(/.{1,64}/g),
  ).toEqual(fixture.bytes);
});

test("the reader reads the golden bytes", async () => {
  const files = new Map([
    ["wal/", null],
    ["wal/0007/", null],
    [path, golden],
  ]);
  const seen: LogRecord[] = [];
  const recovery = await replayLog(new WalDisk(DiskModel.from(files)), identity, (record) => {
    seen.push({ ...record, payload: record.payload.slice() });
  });
  expect(recovery.corruptionCount + recovery.tornBytes).toBe(0);
  expect(seen).toHaveLength(records.length);
  for (const [i, want] of records.entries()) {
    const got = seen[i]!;
    expect(got.payload.toHex()).toBe(want.payload.toHex());
    const { type, count, seq, shard, epoch, flags = 0 } = want;
    expect(got).toMatchObject({ type, count, seq, shard, epoch, flags });
    expect(got.writerId).toEqual([want.writerIdLow ?? 0, want.writerIdHigh ?? 0]);
    expect(got.writerSeq).toEqual([want.writerSeqLow ?? 0, 0]);
  }
});
