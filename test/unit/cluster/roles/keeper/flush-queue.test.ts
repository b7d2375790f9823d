import { expect, test } from "vitest";
import { FlushQueue } from "#cluster/roles/keeper/flush-queue.ts";
import type { FlushOrder } from "#cluster/roles/keeper/keeper-contract.ts";
import { shardId } from "#model/refs.ts";

function order(shard: number, number: number): FlushOrder {
  const times = { minMs: 0, maxMs: 0, sampleCount: 1 };
  const generation = { number, firstSeq: number, lastSeq: number, ...times };
  return { shard: shardId(shard), liveSeries: 1, generation };
}

function due(queue: FlushQueue, nowMs: number): readonly [number, number] | null {
  const next = queue.next(nowMs);
  return next && [next.shard, next.generation.number];
}

test("shards take turns, each in the order of its cuts", () => {
  const queue = new FlushQueue({ retryMsMin: 10, retryMsMax: 30 });
  for (const [shard, number] of [
    [1, 1],
    [1, 2],
    [2, 7],
  ] as const)
    queue.add(order(shard, number));
  const done: (readonly [number, number])[] = [];
  for (let next = due(queue, 0); next !== null; next = due(queue, 0)) {
    done.push(next);
    queue.done(shardId(next[0]));
  }
  expect(done).toEqual([
    [1, 1],
    [2, 7],
    [1, 2],
  ]);
  expect(queue.nextRetryMs).toBe(Infinity);
});

test("what failed waits longer each time, and holds up its own shard only", () => {
  const queue = new FlushQueue({ retryMsMin: 10, retryMsMax: 30 });
  queue.add(order(1, 1));
  queue.add(order(1, 2));
  expect(queue.failed(shardId(1), 100)).toBe(true);
  expect(due(queue, 109)).toBeNull();
  expect(queue.nextRetryMs).toBe(110);
  queue.add(order(2, 1));
  expect(due(queue, 109)).toEqual([2, 1]);
  queue.done(shardId(2));
  expect(due(queue, 110)).toEqual([1, 1]);
  expect([queue.failed(shardId(1), 110), queue.nextRetryMs]).toEqual([false, 130]);
  expect([queue.failed(shardId(1), 130), queue.nextRetryMs]).toEqual([false, 160]);
  expect(due(queue, 160)).toEqual([1, 1]);
  queue.done(shardId(1));
  expect(due(queue, 160)).toEqual([1, 2]);
  expect(queue.failed(shardId(1), 200)).toBe(true);
});
