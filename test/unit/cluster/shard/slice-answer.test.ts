import { expect, test } from "vitest";
import { SLICE_REJECTIONS_MAX, SliceAnswer } from "#cluster/shard/slice-answer.ts";
import { framePayloadBytesMax } from "#runtime/worker/spsc-ring.ts";
import { encodeAppendReply, REPLY_DURABLE, REPLY_REJECTIONS_MAX } from "#storage/append-reply.ts";
import type { ShardReply } from "#storage/append-reply.ts";
import { VERDICT_SERIES_LIMIT, VERDICT_TOO_OLD } from "#storage/verdict.ts";
import { appendBatchOf } from "#test/support/append-batches.ts";

const batch = appendBatchOf({ generation: 9, known: [[1, 1000, 1]] });

function replyOf(change: Partial<ShardReply>): ShardReply {
  return {
    ...{ status: REPLY_DURABLE, generation: 9, shard: 0, refs: new Uint32Array(0) },
    ...{ writtenCount: 1, rejectedCount: 0, rejections: [] },
    ...change,
  };
}

function refused(verdict: number): ShardReply {
  const rejection = { verdict, series: "\u0001".repeat(256), timestampMs: 1, detail: "limit 5" };
  const rejections = Array(REPLY_REJECTIONS_MAX).fill(rejection);
  return replyOf({ writtenCount: 0, rejectedCount: 9, rejections });
}

test("a shard with something to tell is in the list, the others are counted", () => {
  const told = [
    replyOf({ generation: 8 }),
    replyOf({ refs: Uint32Array.of(5) }),
    replyOf({ writtenCount: 0, rejectedCount: 1 }),
    replyOf({ exemplars: { written: 1, rejected: 0 } }),
  ];
  const answer = new SliceAnswer(77);
  for (const reply of [...told, replyOf({}), replyOf({})]) answer.add(reply, batch);
  expect(answer.reply).toEqual({ token: 77, writtenCount: 2, shards: told });
});

test("the answers of many shards fit a ring: few rejections in words, all of them counted", () => {
  const answer = new SliceAnswer(1);
  for (let shard = 0; shard < 4000; shard++) answer.add(refused(VERDICT_TOO_OLD), batch);
  answer.add(refused(VERDICT_SERIES_LIMIT), batch);
  answer.add(refused(VERDICT_SERIES_LIMIT), batch);
  const { shards } = answer.reply;
  const verdicts = shards.flatMap(({ rejections }) => rejections.map(({ verdict }) => verdict));
  expect(verdicts).toEqual([
    ...Array(SLICE_REJECTIONS_MAX).fill(VERDICT_TOO_OLD),
    VERDICT_SERIES_LIMIT,
  ]);
  expect(shards.reduce((sum, { rejectedCount }) => sum + rejectedCount, 0)).toBe(9 * 4002);
  expect(encodeAppendReply(answer.reply).length).toBeLessThan(framePayloadBytesMax(1 << 20));
});
