import { expect, test } from "vitest";
import {
  initialLogState,
  noSpaceRetryMs,
  stepLog,
  type LogActorState,
  type LogEffect,
  type LogMessage,
} from "#tsdb/wal/log-actor.ts";

const previous = { segmentId: 4, offset: 320 };

/** Runs messages through the actor; returns the effects of the last one. */
function run(state: LogActorState, ...messages: LogMessage[]): LogEffect[] {
  let effects: LogEffect[] = [];
  for (const message of messages) effects = stepLog(state, message, 1000);
  return effects;
}

function opened(segmentBytesMax = 4096): LogActorState {
  const state = initialLogState(6, previous, 40, segmentBytesMax);
  run(state, { kind: "start" }, { kind: "created", tailBytes: 0 });
  return state;
}

const commit = (recordBytes: number): LogMessage[] => [
  { kind: "batch", recordBytes },
  { kind: "written", bytes: recordBytes + 64 },
  { kind: "synced" },
];
const io: LogMessage = { kind: "failed", cause: "io" };
const noSpace: LogMessage = { kind: "failed", cause: "no-space" };
const kindsOf = (effects: LogEffect[]) => effects.map(({ kind }) => kind);

test("opens with a new segment that continues the recovered place", () => {
  const state = initialLogState(6, previous, 40);
  expect(run(state, { kind: "start" })).toEqual([
    { kind: "create-segment", segmentId: 6, previous },
  ]);
  expect(run(state, { kind: "created", tailBytes: 0 })).toEqual([
    { kind: "publish-phase", phase: "open" },
  ]);
});

test("publishes a batch only after its sync, and states it in the next mark", () => {
  const state = opened();
  expect(run(state, { kind: "batch", recordBytes: 200 })).toEqual([
    { kind: "seal", batchNumber: 41, durable: previous },
    { kind: "write", offset: 64, from: 0, to: 264 },
  ]);
  expect(run(state, { kind: "written", bytes: 264 })).toEqual([{ kind: "sync" }]);
  expect(run(state, { kind: "synced" })[0]).toEqual({
    kind: "publish",
    position: 200,
    batchBytes: 264,
  });
  expect(run(state, { kind: "batch", recordBytes: 8 })[0]).toEqual({
    kind: "seal",
    batchNumber: 42,
    durable: { segmentId: 6, offset: 328 },
  });
});

test("goes on after a short write", () => {
  const state = opened();
  run(state, { kind: "batch", recordBytes: 200 });
  expect(run(state, { kind: "written", bytes: 100 })).toEqual([
    { kind: "write", offset: 164, from: 100, to: 264 },
  ]);
  expect(run(state, { kind: "written", bytes: 164 })).toEqual([{ kind: "sync" }]);
});

test("rolls when a batch does not fit, but lets an empty segment take a large one", () => {
  const state = opened(1000);
  run(state, ...commit(800));
  expect(run(state, { kind: "batch", recordBytes: 16 })).toEqual([
    { kind: "close-segment" },
    { kind: "create-segment", segmentId: 7, previous: { segmentId: 6, offset: 928 } },
  ]);
  expect(kindsOf(run(state, { kind: "created", tailBytes: 0 }))).toEqual(["seal", "write"]);
  const large = opened(1000);
  expect(kindsOf(run(large, { kind: "batch", recordBytes: 5000 }))).toEqual(["seal", "write"]);
});

test.each(["write", "sync"])("after a failed %s the batch goes to a new segment", (failing) => {
  const state = opened();
  run(state, ...commit(40), { kind: "batch", recordBytes: 200 });
  if (failing === "sync") run(state, { kind: "written", bytes: 264 });
  const place = { segmentId: 6, offset: 168 };
  expect(run(state, io)).toEqual([
    { kind: "abandon-segment", isEmpty: false },
    { kind: "create-segment", segmentId: 7, previous: place },
  ]);
  expect(run(state, { kind: "created", tailBytes: 0 })).toEqual([
    { kind: "seal", batchNumber: 42, durable: place },
    { kind: "write", offset: 64, from: 0, to: 264 },
  ]);
  const last = run(state, { kind: "written", bytes: 264 }, { kind: "synced" });
  expect(last[0]).toMatchObject({ kind: "publish", position: 240 });
});

test("a second failure in a row is final, a success in between forgives", () => {
  const state = opened();
  run(state, { kind: "batch", recordBytes: 8 }, io, { kind: "created", tailBytes: 0 });
  expect(run(state, io)).toEqual([
    { kind: "abandon-segment", isEmpty: true },
    { kind: "publish-phase", phase: "faulted" },
  ]);
  expect(state.phase.kind).toBe("faulted");
  const other = opened();
  const failing: LogMessage[] = [{ kind: "batch", recordBytes: 8 }, io];
  const retried: LogMessage[] = [{ kind: "created", tailBytes: 0 }, ...commit(8).slice(1)];
  run(other, ...failing, ...retried, ...failing);
  expect(other.phase.kind).toBe("creating");
});

test("a full disk is waited out for any number of times", () => {
  const state = opened();
  run(state, { kind: "batch", recordBytes: 8 });
  for (let i = 0; i < 5; i++) {
    expect(run(state, noSpace)).toEqual([
      { kind: "abandon-segment", isEmpty: true },
      { kind: "publish-phase", phase: "no-space" },
      { kind: "set-timer", atMs: 1000 + noSpaceRetryMs },
    ]);
    expect(run(state, { kind: "timer" })).toEqual([
      { kind: "create-segment", segmentId: 7 + i, previous },
    ]);
  }
  const effects = run(state, { kind: "created", tailBytes: 0 }, ...commit(8).slice(1));
  expect(effects).toContainEqual({ kind: "publish-phase", phase: "open" });
});

test("a copied tail is durable and moves the place that marks state", () => {
  const state = initialLogState(6, previous, 0);
  run(state, { kind: "start" }, { kind: "created", tailBytes: 136 });
  expect(run(state, { kind: "batch", recordBytes: 8 })).toEqual([
    { kind: "seal", batchNumber: 1, durable: { segmentId: 6, offset: 200 } },
    { kind: "write", offset: 200, from: 0, to: 72 },
  ]);
});

test("closing writes a last mark, but not into an empty segment or a full disk", () => {
  const state = opened();
  run(state, ...commit(8));
  expect(kindsOf(run(state, { kind: "close" }))).toEqual(["seal", "write"]);
  const effects = run(state, { kind: "written", bytes: 64 }, { kind: "synced" });
  expect(kindsOf(effects)).toEqual(["close-segment", "publish-phase"]);
  expect(kindsOf(run(opened(), { kind: "close" }))).toEqual(["close-segment", "publish-phase"]);
  const full = opened();
  run(full, { kind: "batch", recordBytes: 8 }, noSpace);
  expect(run(full, { kind: "close" })).toEqual([{ kind: "publish-phase", phase: "closed" }]);
});

test("a failure of the last mark still closes", () => {
  const state = opened();
  run(state, ...commit(8), { kind: "close" });
  expect(kindsOf(run(state, io))).toEqual(["abandon-segment", "publish-phase"]);
  expect(state.phase.kind).toBe("closed");
});

test("messages out of turn are programmer errors", () => {
  expect(() => run(opened(), { kind: "synced" })).toThrow(/synced while open/);
  expect(() => run(opened(), io)).toThrow(/failure while open/);
  expect(() => run(opened(), { kind: "timer" })).toThrow(/timer while open/);
  const writing = opened();
  run(writing, { kind: "batch", recordBytes: 8 });
  expect(() => run(writing, { kind: "batch", recordBytes: 8 })).toThrow(/batch while not open/);
  expect(() => run(writing, { kind: "written", bytes: 0 })).toThrow(/wrote 0 bytes/);
});
