// Covers: src/tsdb/receiver/slice-sender.ts, src/tsdb/receiver/kernel-body-decoder.ts, src/tsdb/receiver/row-router.ts, src/tsdb/receiver/decoder-regions.ts, src/tsdb/receiver/kernel-frame.ts
import { expect, test } from "vitest";
import type { EngineError } from "#base/engine-error.ts";
import { shardId } from "#model/refs.ts";
import { REPLY_DURABLE } from "#storage/append-reply.ts";
import type { BodyVerdict } from "#storage/body-appender.ts";
import { BodyPool } from "#tsdb/receiver/body-pool.ts";
import { PooledSink } from "#tsdb/receiver/pooled-sink.ts";
import { RequestLedger } from "#tsdb/receiver/request-ledger.ts";
import { ShardPart } from "#tsdb/receiver/shard-part.ts";

const NOTHING: BodyVerdict = {
  samplesWritten: 0,
  histogramsWritten: 0,
  exemplarsWritten: 0,
  rejectedCount: 0,
  rejections: [],
};

test("the body pool reuses buffers and keeps to its budget", () => {
  const pool = new BodyPool(256 * 1024);
  const small = pool.take(10)!;
  expect(small).toHaveLength(64 * 1024);
  expect(pool.take(200 * 1024)).toBeNull();
  pool.give(small);
  expect(pool.take(1)).toBe(small);
  pool.give(small);
  // A larger one fits once idle buffers are dropped.
  expect(pool.take(200 * 1024)).toHaveLength(256 * 1024);
  expect(pool.lentBytes).toBe(256 * 1024);
});

function sinkOf(pool: BodyPool, bytesMax: number): { sink: PooledSink; bodies: Uint8Array[] } {
  const bodies: Uint8Array[] = [];
  const sink = new PooledSink({
    pool,
    buffer: pool.take(0)!,
    bytesMax,
    submit: (bytes) => {
      bodies.push(bytes.slice());
      return Promise.resolve(NOTHING);
    },
  });
  return { sink, bodies };
}

test("a sink grows with a body that did not say how long it is", async () => {
  const pool = new BodyPool(1024 * 1024);
  const { sink, bodies } = sinkOf(pool, 400 * 1024);
  const chunk = new Uint8Array(50_000).map((_, i) => i);
  for (let i = 0; i < 4; i++) expect(sink.write(chunk)).toBe(true);
  await sink.submit();
  expect(bodies[0]).toEqual(Uint8Array.from([...chunk, ...chunk, ...chunk, ...chunk]));
  expect(pool.lentBytes).toBe(0);
});

test("a sink says no above the size limit, and 503 when the pool is dry", async () => {
  const tight = sinkOf(new BodyPool(1024 * 1024), 1000);
  expect(tight.sink.write(new Uint8Array(1001))).toBe(false);
  tight.sink.abort();
  const dry = sinkOf(new BodyPool(64 * 1024), 1024 * 1024);
  expect(dry.sink.write(new Uint8Array(100_000))).toBe(true);
  await expect(dry.sink.submit()).rejects.toMatchObject({ code: "storage.overloaded" });
});

test("an aborted sink gives its buffer back once", () => {
  const pool = new BodyPool(1024 * 1024);
  const { sink } = sinkOf(pool, 1000);
  sink.abort();
  sink.abort();
  expect(pool.lentBytes).toBe(0);
});

const PART = { entries: [], identityEpoch: 1, isHistograms: false, metadataHashes: [] };

test("the ledger settles a request with its last part, and ignores strangers", () => {
  const ledger = new RequestLedger();
  const outcomes: (BodyVerdict | EngineError | "resend")[] = [];
  const request = ledger.open(100, (outcome) => outcomes.push(outcome));
  const parts = [0, 1].map((shard) => ledger.addPart({ request, shards: [shard], ...PART }));
  ledger.seal(request);
  const shard = {
    status: REPLY_DURABLE,
    generation: 1,
    shard: 0,
    refs: new Uint32Array(0),
    writtenCount: 2,
    rejectedCount: 1,
    rejections: [],
  };
  const reply = { writtenCount: 10, shards: [shard] };
  expect(ledger.answer({ ...reply, token: 4_000_000 })).toBeNull();
  ledger.answer({ ...reply, token: parts[1]! });
  expect(outcomes).toEqual([]);
  ledger.answer({ ...reply, token: parts[0]! });
  expect(outcomes).toEqual([{ ...NOTHING, samplesWritten: 24, rejectedCount: 2 }]);
  expect(ledger.openCount).toBe(0);
});

test("a request without parts is settled when it is sealed", () => {
  const ledger = new RequestLedger();
  const outcomes: unknown[] = [];
  ledger.seal(ledger.open(100, (outcome) => outcomes.push(outcome)));
  expect(outcomes).toEqual([NOTHING]);
});

test("the deadline names the shards that did not answer", () => {
  const ledger = new RequestLedger();
  const outcomes: unknown[] = [];
  const request = ledger.open(100, (outcome) => outcomes.push(outcome));
  for (const shards of [[9, 4], [2]]) {
    ledger.addPart({ request, shards, ...PART });
  }
  expect(ledger.nextDeadlineMs()).toBe(100);
  ledger.expire(99);
  expect(outcomes).toEqual([]);
  ledger.expire(100);
  expect(String(outcomes[0])).toContain("waiting for shards 2, 4, 9");
  expect(ledger.nextDeadlineMs()).toBeNull();
});

test("a shard part keeps entries and bits until it is cleared", () => {
  const part = new ShardPart(shardId(1));
  const bits = BigUint64Array.of(0x7ff0_0000_0000_0002n, 0x8000_0000_0000_0000n, 1n);
  const words = new Uint32Array(bits.buffer);
  const pair = Uint32Array.of(1, 2);
  expect(part.isUntouched(5)).toBe(true);
  expect(part.isUntouched(5)).toBe(false);
  const entry = part.addEntry(42, Uint8Array.of(1, 2, 3), pair, pair);
  for (let i = 0; i < 100; i++) part.add(entry, 10 + i, words, i % 3);
  const columns = part.columns();
  expect([columns.sampleCount, columns.knownCount, columns.labelCount]).toEqual([100, 0, 1]);
  expect([columns.series[0], columns.timestamps[99]]).toEqual([entry, 109]);
  const stored = new BigUint64Array(columns.values.slice().buffer);
  expect([...stored.subarray(0, 3)]).toEqual([...bits]);
  expect([...part.entryIds()]).toEqual([42]);
  part.clear();
  expect(part.sampleCount).toBe(0);
});
