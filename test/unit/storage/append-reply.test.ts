import { expect, test } from "vitest";
import {
  decodeAppendReply,
  encodeAppendReply,
  REPLY_DURABLE,
  REPLY_OVERLOADED,
} from "#storage/append-reply.ts";
import type { AppendReply, ShardReply } from "#storage/append-reply.ts";
import { VERDICT_TOO_OLD } from "#storage/verdict.ts";

const reply: ShardReply = {
  status: REPLY_DURABLE,
  generation: 3,
  shard: 63,
  refs: Uint32Array.of(1, 2, 4_294_967_290),
  writtenCount: 5,
  rejectedCount: 2,
  rejections: [
    { verdict: VERDICT_TOO_OLD, series: 'up{job="ä"}', timestampMs: -5, detail: "late" },
  ],
};

function replyOf(...shards: readonly ShardReply[]): AppendReply {
  return { token: 4_000_000_000, writtenCount: 3_000_000_000, shards };
}

test("a reply survives the way through a frame, also in shared memory", () => {
  for (const whole of [replyOf(), replyOf(reply), replyOf(reply, { ...reply, shard: 7 })]) {
    const bytes = encodeAppendReply(whole);
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    expect(decodeAppendReply(shared)).toEqual(whole);
  }
});

test("a refusal carries no refs and no words", () => {
  const refusal = {
    ...reply,
    status: REPLY_OVERLOADED,
    refs: new Uint32Array(0),
    writtenCount: 0,
    rejectedCount: 0,
    rejections: [],
  };
  expect(decodeAppendReply(encodeAppendReply(replyOf(refusal)))).toEqual(replyOf(refusal));
});

test("counts of exemplars come along", () => {
  const counted = { ...reply, exemplars: { written: 3, rejected: 1 } };
  expect(decodeAppendReply(encodeAppendReply(replyOf(counted, reply)))).toEqual(
    replyOf(counted, reply),
  );
});
