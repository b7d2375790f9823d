import { expect, test } from "vitest";
import { shardStep } from "#cluster/shard/shard-actor.ts";
import type { ShardMessage } from "#cluster/shard/shard-messages.ts";
import { SHARD_ABSENT } from "#cluster/shard/shard-state.ts";
import type { ShardState } from "#cluster/shard/shard-state.ts";
import { epoch, seq, shardId } from "#model/refs.ts";
import {
  REPLY_DURABLE,
  REPLY_LOG_FAILED,
  REPLY_OVERLOADED,
  REPLY_STALE_REFS,
  REPLY_UNAVAILABLE,
} from "#storage/append-reply.ts";
import { RECORD_CUT, RECORD_SAMPLES } from "#storage/log-record.ts";
import {
  VERDICT_REF_UNKNOWN,
  VERDICT_REPEATED,
  VERDICT_TOO_OLD,
  VERDICT_WRITTEN,
} from "#storage/verdict.ts";
import { appendBatchOf } from "#test/support/append-batches.ts";
import { FakeShardStore } from "#test/support/fake-shard-store.ts";

const shard = shardId(3);

function recordOf(number: number): ShardMessage {
  return {
    kind: "replay",
    record: {
      type: RECORD_SAMPLES,
      flags: 0,
      count: 1,
      payload: new Uint8Array(8),
      shard,
      epoch: epoch(1),
      seq: seq(number),
      writerId: [0, 0],
      writerSeq: [0, 0],
    },
  };
}

function append(): ShardMessage {
  const batch = appendBatchOf({
    shard: 3,
    known: [
      [5, 1000, 1],
      [6, 1000, 1],
    ],
    fresh: [{ labels: { __name__: "new" }, samples: [[1000, 1]] }],
  });
  return { kind: "append", batch, trustedNowMs: 0 };
}

function run(
  state: ShardState,
  ...messages: ShardMessage[]
): { state: ShardState; effects: readonly { kind: string }[] } {
  let effects: readonly { kind: string }[] = [];
  for (const message of messages) ({ state, effects } = shardStep(shard, state, message));
  return { state, effects };
}

function primary(store: FakeShardStore): ShardState {
  return run(SHARD_ABSENT, { kind: "open", epoch: epoch(2), store }, { kind: "activate" }).state;
}

test("goes on numbering after the last replayed record", () => {
  const store = new FakeShardStore();
  const { effects } = run(
    SHARD_ABSENT,
    { kind: "open", epoch: epoch(2), store },
    recordOf(1),
    recordOf(2),
    { kind: "activate" },
    append(),
  );
  expect(store.applied).toEqual([1, 2]);
  expect(effects).toMatchObject([
    { kind: "log", seq: 3, epoch: 2, shard: 3 },
    { kind: "reply-when-durable", reply: { status: REPLY_DURABLE, writtenCount: 3 } },
  ]);
});

test("answers with the refs of new series and its generation", () => {
  const { effects } = run(primary(new FakeShardStore()), append());
  expect(effects.at(-1)).toMatchObject({
    reply: { generation: 9, refs: Uint32Array.of(100), rejectedCount: 0 },
  });
});

test("names rejected samples and counts repeated ones as stored", () => {
  const store = new FakeShardStore();
  store.verdicts = Uint8Array.of(VERDICT_REPEATED, VERDICT_TOO_OLD, VERDICT_WRITTEN);
  const { effects } = run(primary(store), append());
  expect(effects.at(-1)).toMatchObject({
    reply: {
      status: REPLY_DURABLE,
      writtenCount: 2,
      rejectedCount: 1,
      rejections: [{ verdict: VERDICT_TOO_OLD, series: "series 6", timestampMs: 1000 }],
    },
  });
});

test("unknown refs ask for the labels, not for the sender's attention", () => {
  const store = new FakeShardStore();
  store.verdicts = Uint8Array.of(VERDICT_REF_UNKNOWN, VERDICT_REF_UNKNOWN, VERDICT_WRITTEN);
  const { effects } = run(primary(store), append());
  expect(effects.at(-1)).toMatchObject({ reply: { status: REPLY_STALE_REFS, rejectedCount: 0 } });
});

test("refuses at once what it cannot apply", () => {
  const store = new FakeShardStore();
  const state = primary(store);
  expect(run(SHARD_ABSENT, append()).effects).toMatchObject([
    { kind: "reply", reply: { status: REPLY_UNAVAILABLE } },
  ]);
  expect(run(state, { kind: "drain" }, append()).effects).toMatchObject([
    { kind: "reply", reply: { status: REPLY_UNAVAILABLE } },
  ]);
  expect(run(state, { kind: "log-failed", reason: "eio" }, append()).effects).toMatchObject([
    { kind: "reply", reply: { status: REPLY_LOG_FAILED } },
  ]);
  store.isFull = true;
  expect(run(state, append()).effects).toMatchObject([
    { kind: "reply", reply: { status: REPLY_OVERLOADED } },
  ]);
});

test("serves again when its log resumes, with no number lost", () => {
  const state = primary(new FakeShardStore());
  const { effects } = run(
    state,
    append(),
    { kind: "log-failed", reason: "full" },
    append(),
    { kind: "log-resumed" },
    append(),
  );
  expect(effects[0]).toMatchObject({ kind: "log", seq: 2 });
});

test("a message out of place is a programmer error", () => {
  const store = new FakeShardStore();
  const state = primary(store);
  expect(() => run(state, { kind: "open", epoch: epoch(3), store })).toThrow(/open while primary/);
  expect(() => run(state, recordOf(1))).toThrow(/replay while primary/);
  const opened = run(SHARD_ABSENT, { kind: "open", epoch: epoch(2), store }, recordOf(5)).state;
  expect(() => run(opened, recordOf(5))).toThrow(/seq 5 after 5/);
});

test("goes on behind what is in blocks, and passes over older records of the log", () => {
  const store = new FakeShardStore();
  const open: ShardMessage = { kind: "open", epoch: epoch(2), store, flushedSeq: seq(7) };
  const { state } = run(SHARD_ABSENT, open, recordOf(6), recordOf(7), recordOf(8));
  expect([store.resumedBehind, store.applied]).toEqual([7, [8]]);
  expect(run(state, { kind: "activate" }, append()).effects[0]).toMatchObject({ seq: 9 });
  // Nothing left in the log.
  const empty = run(SHARD_ABSENT, { ...open, store: new FakeShardStore() }, { kind: "activate" });
  expect(run(empty.state, append()).effects[0]).toMatchObject({ seq: 8 });
});

test("a cut is the next record, where a record can be written", () => {
  const store = new FakeShardStore();
  const state = primary(store);
  const { effects, state: after } = run(state, append(), { kind: "cut" });
  expect(effects).toMatchObject([{ kind: "log", seq: 2, draft: { type: RECORD_CUT } }]);
  expect(run(after, append()).effects[0]).toMatchObject({ seq: 3 });
  expect(run(state, { kind: "log-failed", reason: "eio" }, { kind: "cut" }).effects).toEqual([]);
  store.isFull = true;
  expect(run(state, { kind: "cut" }).effects).toEqual([]);
});

test("a replica that cannot be opened answers nothing, and is left alone", () => {
  const store = new FakeShardStore();
  const { state, effects } = run(
    SHARD_ABSENT,
    { kind: "open", epoch: epoch(2), store },
    { kind: "fault", reason: "manifest lost" },
    recordOf(1),
    { kind: "activate" },
    append(),
  );
  expect(state).toEqual({ kind: "faulted", reason: "manifest lost" });
  expect(store.applied).toEqual([]);
  expect(effects).toMatchObject([{ kind: "reply", reply: { status: REPLY_UNAVAILABLE } }]);
});
