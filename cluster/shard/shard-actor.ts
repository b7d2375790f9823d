/**
 * One shard replica as a pure step function: it owns the order of the shard's log. It gives each
 * record its sequence number, lets the store judge and apply, and asks for an answer only after the
 * log effects before it. The store is part of its state: it lives and dies with the actor.
 *
 * Invariants: sequence numbers are dense and never restart; nothing is answered as durable unless
 * every record before the answer is; a replica that is not primary applies no append.
 */
import { assert, must, unreachable } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import { describeSeries } from "#model/canonical-labels.ts";
import { NO_SERIES_REF, seq as seqOf, seriesRef } from "#model/refs.ts";
import type { ShardId } from "#model/refs.ts";
import {
  REPLY_DURABLE,
  REPLY_LOG_FAILED,
  REPLY_OVERLOADED,
  REPLY_REJECTIONS_MAX,
  REPLY_STALE_REFS,
  REPLY_UNAVAILABLE,
} from "#storage/append-reply.ts";
import type { AppendBatch } from "#storage/append-batch.ts";
import type { ExemplarCounts, ShardReply } from "#storage/append-reply.ts";
import type { Rejection } from "#storage/body-appender.ts";
import { keepRejection } from "#storage/keep-rejection.ts";
import type { LogRecord, LogRecordDraft } from "#storage/log-record.ts";
import type { AppendOutcome, ExemplarOutcome } from "#storage/shard-store.ts";
import { isStored, VERDICT_REF_UNKNOWN, VERDICT_SERIES_LIMIT } from "#storage/verdict.ts";
import type { ShardEffect, ShardMessage } from "./shard-messages.ts";
import type { ShardState } from "./shard-state.ts";

export interface ShardStep {
  readonly state: ShardState;
  readonly effects: readonly ShardEffect[];
}

type Open = Extract<ShardMessage, { kind: "open" }>;
type Append = Extract<ShardMessage, { kind: "append" }>;
type Primary = Extract<ShardState, { kind: "primary" }>;

const NO_EFFECTS: readonly ShardEffect[] = [];
const NO_REFS = new Uint32Array(0);
const NO_REJECTIONS: readonly Rejection[] = [];

export function shardStep(shard: ShardId, state: ShardState, message: ShardMessage): ShardStep {
  switch (message.kind) {
    case "open":
      return { state: open(shard, state, message), effects: NO_EFFECTS };
    case "replay":
      return { state: replay(shard, state, message.record), effects: NO_EFFECTS };
    case "activate":
      return { state: activate(shard, state), effects: NO_EFFECTS };
    case "append":
      return append(shard, state, message);
    case "cut":
      return cut(shard, state);
    case "log-failed":
      if (state.kind !== "primary") return { state, effects: NO_EFFECTS };
      return {
        state: { ...state, kind: "read-only", reason: message.reason },
        effects: NO_EFFECTS,
      };
    case "log-resumed":
      if (state.kind !== "read-only") return { state, effects: NO_EFFECTS };
      return { state: { ...state, kind: "primary" }, effects: NO_EFFECTS };
    case "drain":
      if (state.kind === "absent" || state.kind === "faulted") {
        return { state, effects: NO_EFFECTS };
      }
      return { state: { ...state, kind: "draining" }, effects: NO_EFFECTS };
    case "fault":
      return { state: { kind: "faulted", reason: message.reason }, effects: NO_EFFECTS };
    default:
      return unreachable(message);
  }
}

function open(shard: ShardId, state: ShardState, message: Open): ShardState {
  assert(state.kind === "absent", () => `shard ${shard}: open while ${state.kind}`);
  const { epoch, store, flushedSeq = seqOf(0) } = message;
  store.resumeBehind(flushedSeq);
  return { kind: "activating", epoch, store, seq: flushedSeq, flushedSeq };
}

function activate(shard: ShardId, state: ShardState): ShardState {
  // What could not be opened stays out of service.
  if (state.kind === "faulted") return state;
  assert(state.kind === "activating", () => `shard ${shard}: activate while ${state.kind}`);
  const { epoch, store, seq } = state;
  return { kind: "primary", epoch, store, seq };
}

function replay(shard: ShardId, state: ShardState, record: LogRecord): ShardState {
  if (state.kind === "faulted") return state;
  assert(state.kind === "activating", () => `shard ${shard}: replay while ${state.kind}`);
  assert(record.shard === shard, () => `shard ${shard}: got a record of shard ${record.shard}`);
  // Segments go as a whole, so the log holds records that blocks have already.
  if (record.seq <= state.flushedSeq) return state;
  // A gap is possible only where the log reader reported corruption; going back never is.
  assert(
    record.seq > state.seq,
    () => `shard ${shard}: record seq ${record.seq} after ${state.seq}`,
  );
  state.store.apply(record);
  return { ...state, seq: record.seq };
}

function append(shard: ShardId, state: ShardState, message: Append): ShardStep {
  if (state.kind !== "primary") {
    const status = state.kind === "read-only" ? REPLY_LOG_FAILED : REPLY_UNAVAILABLE;
    return { state, effects: [refusal(shard, state, status)] };
  }
  let outcome: AppendOutcome;
  try {
    const { trustedNowMs, refusesNewSeries = false } = message;
    outcome = state.store.append(message.batch, { trustedNowMs, refusesNewSeries });
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return { state, effects: [refusal(shard, state, REPLY_OVERLOADED)] };
  }
  const effects: ShardEffect[] = [];
  let seq = state.seq;
  for (const draft of outcome.records) {
    seq = seqOf(seq + 1);
    effects.push({ kind: "log", shard, epoch: state.epoch, seq, draft });
  }
  const reply = acceptance(shard, state, message.batch, outcome);
  effects.push({ kind: "reply-when-durable", reply });
  const { kind, epoch, store } = state;
  return { state: { kind, epoch, store, seq }, effects };
}

/** The generation that it closes may be flushed once the record is durable. */
function cut(shard: ShardId, state: ShardState): ShardStep {
  if (state.kind !== "primary") return { state, effects: NO_EFFECTS };
  let draft: LogRecordDraft;
  try {
    draft = state.store.cut();
  } catch (error) {
    // Too many generations wait for their flush: whoever cuts tries again later.
    if (!(error instanceof EngineError)) throw error;
    return { state, effects: NO_EFFECTS };
  }
  const seq = seqOf(state.seq + 1);
  return {
    state: { ...state, seq },
    effects: [{ kind: "log", shard, epoch: state.epoch, seq, draft }],
  };
}

function refusal(shard: ShardId, state: ShardState, status: number): ShardEffect {
  const reply: ShardReply = {
    status,
    generation: state.kind === "absent" || state.kind === "faulted" ? 0 : state.store.generation,
    shard,
    refs: NO_REFS,
    writtenCount: 0,
    rejectedCount: 0,
    rejections: NO_REJECTIONS,
  };
  return { kind: "reply", reply };
}

function acceptance(
  shard: ShardId,
  state: Primary,
  batch: AppendBatch,
  outcome: AppendOutcome,
): ShardReply {
  const judged = outcome.verdicts === null ? null : judge(state, batch, outcome);
  return {
    status: judged?.stale === true ? REPLY_STALE_REFS : REPLY_DURABLE,
    generation: state.store.generation,
    shard,
    // Copied: the answer outlives the store's views, it waits for the log.
    refs: outcome.refs.length === 0 ? NO_REFS : outcome.refs.slice(),
    writtenCount: judged?.storedCount ?? batch.sampleCount,
    rejectedCount: judged?.rejectedCount ?? 0,
    rejections: judged?.rejections ?? outcome.exemplars?.rejections ?? NO_REJECTIONS,
    ...(outcome.exemplars && { exemplars: countsOf(outcome.exemplars) }),
  };
}

function countsOf({ written, rejected }: ExemplarOutcome): ExemplarCounts {
  return { written, rejected };
}

interface Judgement {
  readonly stale: boolean;
  readonly storedCount: number;
  readonly rejectedCount: number;
  readonly rejections: readonly Rejection[];
}

/** Turns a verdict column into counts and words; runs only when some sample was not written. */
function judge(state: Primary, batch: AppendBatch, outcome: AppendOutcome): Judgement {
  const verdicts = must(outcome.verdicts, "shard: verdict column");
  const rejections: Rejection[] = [];
  let stale = false;
  let storedCount = 0;
  let rejectedCount = 0;
  let isLimitTold = false;
  for (let i = 0; i < batch.sampleCount; i++) {
    const verdict = verdicts[i]!;
    if (isStored(verdict)) {
      storedCount++;
    } else if (verdict === VERDICT_REF_UNKNOWN) {
      stale = true;
    } else {
      rejectedCount++;
      const isLimit = verdict === VERDICT_SERIES_LIMIT;
      const isNew = isLimit && !isLimitTold;
      if (rejections.length === REPLY_REJECTIONS_MAX && !isNew) continue;
      isLimitTold ||= isLimit;
      const rejection = {
        verdict,
        series: seriesTextOf(state, batch, outcome, i),
        timestampMs: batch.timestamps[i]!,
        detail: isLimit ? `limit ${outcome.seriesLimit ?? 0}` : "",
      };
      keepRejection(rejections, rejection, REPLY_REJECTIONS_MAX);
    }
  }
  return { stale, storedCount, rejectedCount, rejections };
}

/** A refused series is nowhere but in the batch. */
function seriesTextOf(
  state: Primary,
  batch: AppendBatch,
  outcome: AppendOutcome,
  i: number,
): string {
  const series = batch.series[i]!;
  const ref = i < batch.knownCount ? series : outcome.refs[series]!;
  if (ref !== NO_SERIES_REF) return state.store.seriesText(seriesRef(ref));
  const { labelBytes, labelStart } = batch;
  return describeSeries(labelBytes, labelStart[series]!, labelStart[series + 1]!);
}
