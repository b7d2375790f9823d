import { expect, test } from "vitest";
import { ShardDriver } from "#cluster/shard/shard-driver.ts";
import { epoch, shardId } from "#model/refs.ts";
import type { AppendReply } from "#storage/append-reply.ts";
import { REPLY_DURABLE, REPLY_LOG_FAILED, REPLY_UNAVAILABLE } from "#storage/append-reply.ts";
import type { AppendBatch } from "#storage/append-batch.ts";
import { VERDICT_TOO_OLD } from "#storage/verdict.ts";
import { appendBatchOf } from "#test/support/append-batches.ts";
import { FakeShardStore } from "#test/support/fake-shard-store.ts";

function setUp(options: { freeBytes?: number; unsafeAckEarly?: boolean } = {}) {
  const replies: AppendReply[] = [];
  const logged: number[] = [];
  const faults: string[] = [];
  const stores: FakeShardStore[] = [];
  let position = 0;
  const driver = new ShardDriver({
    log: {
      append: (_shard, _epoch, seq) => {
        logged.push(seq);
        position += 64;
        return position;
      },
      freeBytes: () => options.freeBytes ?? 1e9,
    },
    sendReply: (_origin, reply) => replies.push(reply),
    shardFaulted: (shard, error) => faults.push(`${shard}: ${String(error)}`),
    unsafeAckEarly: options.unsafeAckEarly ?? false,
  });
  for (const shard of [0, 1]) {
    const store = new FakeShardStore();
    stores.push(store);
    driver.deliver(shardId(shard), { kind: "open", epoch: epoch(1), store });
    driver.deliver(shardId(shard), { kind: "activate" });
  }
  return { driver, replies, logged, faults, stores };
}

const batch = appendBatchOf({ known: [[1, 1000, 1]] });

function statusesOf({ token, shards }: AppendReply): number[] {
  return [token, ...shards.map(({ status }) => status)];
}

test("a slice has one answer, which only counts the shards that have nothing to tell", () => {
  const { driver, replies, logged, stores } = setUp();
  stores[1]!.verdicts = Uint8Array.of(VERDICT_TOO_OLD);
  const known = (shard: number, count: number): AppendBatch =>
    appendBatchOf({ shard, generation: 9, known: Array(count).fill([1, 1000, 1]) });
  driver.deliverAppend(7, 1, [known(0, 3), known(1, 1), known(0, 2)], 0);
  expect(logged).toEqual([1, 1, 2]);
  driver.durableTo(128);
  expect(replies).toEqual([]);
  driver.durableTo(192);
  expect(replies).toMatchObject([
    { token: 1, writtenCount: 5, shards: [{ shard: 1, writtenCount: 0, rejectedCount: 1 }] },
  ]);
});

test("a slice waits for what one of its shards logged, though another refuses", () => {
  const { driver, replies } = setUp();
  driver.deliver(shardId(1), { kind: "drain" });
  driver.deliverAppend(0, 1, [batch, appendBatchOf({ shard: 1, known: [[1, 1000, 1]] })], 0);
  expect(replies).toEqual([]);
  driver.durableTo(64);
  expect(replies.map(statusesOf)).toEqual([[1, REPLY_DURABLE, REPLY_UNAVAILABLE]]);
});

test("answers only when the log says durable, in order", () => {
  const { driver, replies, logged } = setUp();
  expect(driver.deliverAppend(0, 1, [batch], 0)).toBe(true);
  expect(driver.deliverAppend(0, 2, [batch], 0)).toBe(true);
  expect(logged).toEqual([1, 2]);
  expect(replies).toEqual([]);
  driver.durableTo(63);
  expect(replies).toEqual([]);
  driver.durableTo(64);
  expect(replies.map(({ token }) => token)).toEqual([1]);
  driver.durableTo(500);
  expect(replies.map(({ token }) => token)).toEqual([1, 2]);
  expect(driver.hasWaiting).toBe(false);
});

test("a batch that finds no room in the log is left alone", () => {
  const { driver, logged } = setUp({ freeBytes: 100 });
  expect(driver.deliverAppend(0, 1, [batch], 0)).toBe(false);
  expect(logged).toEqual([]);
});

test("when the log gives up, what waits is told so, and nothing before it changes", () => {
  const { driver, replies } = setUp();
  driver.deliverAppend(0, 1, [batch], 0);
  driver.deliverAppend(0, 2, [batch], 0);
  driver.durableTo(64);
  driver.failWaiting();
  expect(replies.map(statusesOf)).toEqual([
    [1, REPLY_DURABLE],
    [2, REPLY_LOG_FAILED],
  ]);
  expect(replies[1]).toMatchObject({ writtenCount: 0, shards: [{ writtenCount: 0 }] });
  expect(driver.hasWaiting).toBe(false);
});

test("a refusal does not wait for the log", () => {
  const { driver, replies } = setUp();
  driver.deliverAppend(0, 1, [batch], 0);
  driver.deliverToAll({ kind: "drain" });
  driver.deliverAppend(0, 2, [batch], 0);
  expect(replies.map(statusesOf)).toEqual([[2, REPLY_UNAVAILABLE]]);
  driver.durableTo(64);
  expect(replies.at(-1)).toMatchObject({ token: 1, shards: [{ status: REPLY_DURABLE }] });
});

test("the canary that answers early really does", () => {
  const { driver, replies } = setUp({ unsafeAckEarly: true });
  driver.deliverAppend(0, 1, [batch], 0);
  expect(replies.map(({ token }) => token)).toEqual([1]);
});

test("a shard that fails an assertion is out of service alone", () => {
  const { driver, replies, logged, faults, stores } = setUp();
  stores[0]!.append = () => {
    throw new Error("head: broken");
  };
  driver.deliverAppend(0, 1, [batch], 0);
  expect(faults).toEqual(["0: Error: head: broken"]);
  expect(replies).toMatchObject([{ token: 1, shards: [{ status: REPLY_UNAVAILABLE }] }]);
  expect(driver.faultedShards).toEqual([0]);
  driver.deliverAppend(0, 2, [batch], 0);
  expect(replies.at(-1)).toMatchObject({ token: 2, shards: [{ status: REPLY_UNAVAILABLE }] });
  driver.deliverAppend(0, 3, [appendBatchOf({ shard: 1, known: [[1, 1000, 1]] })], 0);
  driver.deliverToAll({ kind: "log-failed", reason: "x" });
  expect(logged).toEqual([1]);
});

test("a cut tells where its record ends, or that there is none", () => {
  const { driver, stores, logged } = setUp();
  driver.deliverAppend(0, 1, [batch], 0);
  expect(driver.deliverCut(shardId(0))).toBe(128);
  stores[0]!.isFull = true;
  expect(driver.deliverCut(shardId(0))).toBe(-1);
  expect(logged).toEqual([1, 2]);
  const small = setUp({ freeBytes: 1000 });
  expect(small.driver.deliverCut(shardId(0))).toBe(-1);
  expect(small.logged).toEqual([]);
});

test("the store hears that new series are unwelcome", () => {
  const { driver, stores } = setUp();
  driver.refusesNewSeries = true;
  driver.deliverAppend(0, 1, [batch], 5);
  expect(stores[0]!.contexts).toEqual([{ trustedNowMs: 5, refusesNewSeries: true }]);
});
