/**
 * Selections over shards that have blocks: what is pinned and until when, what crosses the threads,
 * and what a damaged block does.
 * Covers: src/query/fanout/, src/storage/block-reads.ts
 */
import { expect, test } from "vitest";
import { labelsOf } from "#model/labels.ts";
import { tenantId } from "#model/refs.ts";
import { MissingParts } from "#storage/missing-parts.ts";
import type { SelectRequest } from "#storage/queryable.ts";
import { SHARD_UNAVAILABLE } from "#storage/storage-errors.ts";
import { buildBatch } from "#test/support/batch-builder.ts";
import { blockKeysOf, FlushingShard, readersOf } from "#test/support/flushing-shard.ts";
import { blockPath } from "#tsdb/block/block-path.ts";

const tenant = tenantId(0);
const SERIES = 3000;
const MINUTE_MS = 60_000;
const everything: SelectRequest = { tenant, matchers: [], minMs: 0, maxMs: 1e9 };
const never = new AbortController().signal;

function appendAt(shard: FlushingShard, minute: number, series: number = SERIES): void {
  const rows = Array.from({ length: series }, (_, i) => ({
    series: labelsOf([["__name__", `m_${i}`]]),
    timestampMs: minute * MINUTE_MS,
    bits: BigInt(minute),
  }));
  shard.append(buildBatch(tenant, shard.store.generation, rows));
}

/** A block with the first minute, a head with the second. */
async function halfFlushed(series: number = SERIES): Promise<FlushingShard> {
  const shard = await FlushingShard.open();
  appendAt(shard, 1, series);
  shard.cut();
  await shard.flush();
  appendAt(shard, 2, series);
  return shard;
}

/** Messages and what follows them. */
async function settled(): Promise<void> {
  for (let i = 0; i < 50; i++) await Promise.resolve();
}

test("a series has the samples of its block and of the head, in one batch", async () => {
  const shard = await halfFlushed();
  const { queryable } = readersOf(shard);
  await using set = queryable.select(everything, never);
  let series = 0;
  for (let batch = await set.next(); batch !== null; batch = await set.next()) {
    for (let i = 0; i < batch.labels.length; i++) {
      const times = batch.timestamps.slice(batch.sampleStart[i], batch.sampleStart[i + 1]);
      expect([...times]).toEqual([MINUTE_MS, 2 * MINUTE_MS]);
    }
    series += batch.labels.length;
  }
  expect(series).toBe(SERIES);
});

test("the version stays pinned until the selection is closed, however it ends", async () => {
  const shard = await halfFlushed();
  const rig = readersOf(shard);
  {
    await using set = rig.queryable.select(everything, never);
    while ((await set.next()) !== null) expect(shard.pinCount).toBe(1);
    await settled();
  }
  await settled();
  expect(shard.pinCount).toBe(0);
  {
    await using set = rig.queryable.select(everything, never);
    await set.next();
    expect(shard.pinCount).toBe(1);
  }
  await settled();
  expect(shard.pinCount).toBe(0);
  const controller = new AbortController();
  {
    await using set = rig.queryable.select(everything, controller.signal);
    await set.next();
    controller.abort(new Error("client is gone"));
    await expect(set.next()).rejects.toThrow("client is gone");
  }
  await settled();
  expect(shard.pinCount).toBe(0);
  const abandoned = rig.queryable.select(everything, never);
  await abandoned.next();
  expect(shard.pinCount).toBe(1);
  rig.close();
  expect(shard.pinCount).toBe(0);
});

test("a shard without blocks in the range is read as if it had none, and not pinned", async () => {
  const shard = await halfFlushed();
  const { queryable } = readersOf(shard);
  const recent = { ...everything, minMs: 2 * MINUTE_MS };
  await using set = queryable.select(recent, never);
  await set.next();
  expect(shard.pinCount).toBe(0);
  expect(shard.readers.openCount).toBe(0);
});

test("what a version states is asked for once", async () => {
  const shard = await halfFlushed(20);
  const rig = readersOf(shard);
  for (let i = 0; i < 3; i++) await rig.queryable.series(everything, never);
  expect(rig.stateCalls()).toBe(1);
  shard.cut();
  await shard.flush();
  for (let i = 0; i < 3; i++) await rig.queryable.series(everything, never);
  expect(rig.stateCalls()).toBe(2);
});

test("blocks that are gone are closed when their reader hears of it", async () => {
  const shard = await halfFlushed();
  const { queryable } = readersOf(shard);
  shard.cut();
  await shard.flush();
  await queryable.series(everything, never);
  expect(shard.readers.openCount).toBe(2);
  await shard.compact(0, 2 * 3_600_000);
  expect(blockKeysOf(shard)).toHaveLength(1);
  await queryable.series(everything, never);
  expect(shard.readers.openCount).toBe(1);
  shard.readers.closeUnused();
  expect(shard.readers.openCount).toBe(1);
  shard.readers.closeUnused();
  expect(shard.readers.openCount).toBe(0);
});

test("a damaged block fails what reads it, by name, and its owner is told", async () => {
  const damaged = await halfFlushed(20);
  const { queryable, damages } = readersOf(damaged);
  const [key] = blockKeysOf(damaged);
  const path = blockPath(damaged.shard, 1);
  damaged.rig.model.open(path).write(new Uint8Array(64).fill(0x55), 100);
  await using set = queryable.select(everything, never);
  const failing = set.next();
  await expect(failing).rejects.toMatchObject({ code: SHARD_UNAVAILABLE.code });
  await expect(failing).rejects.toThrow(path);
  await settled();
  expect(damages).toMatchObject([{ shard: damaged.shard, block: key }]);
  await damaged.quarantine(damages[0]!);
  const left = await queryable.series(everything, never);
  expect(left).toHaveLength(20);
});

test("a damaged block is noted, and the other shards are read to the end", async () => {
  const damaged = await halfFlushed();
  const sound = await FlushingShard.open();
  appendAt(sound, 1, 20);
  const { queryable, damages } = readersOf(damaged, sound);
  damaged.rig.model.open(blockPath(damaged.shard, 1)).write(new Uint8Array(64).fill(0x55), 100);
  const missing = new MissingParts();
  const request = { ...everything, missing };
  let series = 0;
  await using set = queryable.select(request, never);
  for (let batch = await set.next(); batch !== null; batch = await set.next()) {
    series += batch.labels.length;
  }
  expect(series).toBe(20);
  expect(missing.warnings).toHaveLength(1);
  expect(missing.warnings[0]).toContain(blockPath(damaged.shard, 1));
  await settled();
  expect(damages).toHaveLength(1);
});
