/**
 * What each request still waits for. A request is settled when all of its parts are answered, or at
 * its deadline with the shards that did not answer. Answers after that find no part and are ignored
 * (the samples are stored; the sender's retry is a no-op).
 */
import { assert } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import {
  REPLY_DURABLE,
  REPLY_LOG_FAILED,
  REPLY_OVERLOADED,
  REPLY_STALE_REFS,
} from "#storage/append-reply.ts";
import type { AppendReply, ShardReply } from "#storage/append-reply.ts";
import type { BodyVerdict, Rejection } from "#storage/body-appender.ts";
import { keepRejection } from "#storage/keep-rejection.ts";
import {
  DEADLINE_PASSED,
  LOG_FAILED,
  OVERLOADED,
  SHARD_UNAVAILABLE,
} from "#storage/storage-errors.ts";
import { VERDICT_EXEMPLAR_INVALID } from "#storage/verdict.ts";

/** Rejections kept per request; the answer names these and counts the rest. */
export const REJECTIONS_MAX = 8;

export interface LedgerRequest {
  /** Monotonic milliseconds. */
  readonly deadlineMs: number;
  readonly settle: (outcome: BodyVerdict | EngineError | "resend") => void;
  openParts: number;
  /** True when every part has been sent. */
  sealed: boolean;
  settled: boolean;
  stale: boolean;
  failure: EngineError | null;
  writtenCount: number;
  histogramsWritten: number;
  rejectedCount: number;
  readonly rejections: Rejection[];
  exemplarsWritten: number;
  /** Whether rejected exemplars count, as in message 2.0. */
  readonly tellsExemplars: boolean;
}

/** Receiver-side ids of the label entries that a shard was sent. */
export interface ShardEntries {
  readonly shard: number;
  readonly ids: Uint32Array;
}

/** What was sent to one log in one piece. */
export interface LedgerPart {
  readonly request: LedgerRequest;
  readonly shards: readonly number[];
  /** Of the shards that were sent label entries. */
  readonly entries: readonly ShardEntries[];
  readonly identityEpoch: number;
  /** The samples of the part came as histograms. */
  readonly isHistograms: boolean;
  /** Metadata that is durable when the part is. */
  readonly metadataHashes: readonly number[];
}

export class RequestLedger {
  readonly #parts = new Map<number, LedgerPart>();
  readonly #requests = new Set<LedgerRequest>();
  #nextToken = 1;

  get openCount(): number {
    return this.#requests.size;
  }

  open(
    deadlineMs: number,
    settle: LedgerRequest["settle"],
    tellsExemplars: boolean = false,
  ): LedgerRequest {
    const request: LedgerRequest = {
      deadlineMs,
      settle,
      openParts: 0,
      sealed: false,
      settled: false,
      stale: false,
      failure: null,
      writtenCount: 0,
      histogramsWritten: 0,
      rejectedCount: 0,
      rejections: [],
      exemplarsWritten: 0,
      tellsExemplars,
    };
    this.#requests.add(request);
    return request;
  }

  /** Registers a part about to be sent; the token comes back with its answer. */
  addPart(part: LedgerPart): number {
    assert(!part.request.sealed, "ledger: part added to a sealed request");
    const token = this.#nextToken;
    // Tokens wrap after 2^32 parts; a part lives at most until its request's deadline.
    this.#nextToken = (token + 1) >>> 0;
    part.request.openParts++;
    this.#parts.set(token, part);
    return token;
  }

  reject(request: LedgerRequest, count: number, rejection: Rejection): void {
    request.rejectedCount += count;
    if (request.rejections.length < REJECTIONS_MAX) request.rejections.push(rejection);
  }

  /** An exemplar that goes to no shard. */
  rejectExemplar(request: LedgerRequest, detail: string, series: string): void {
    if (!request.tellsExemplars) return;
    const verdict = VERDICT_EXEMPLAR_INVALID;
    this.reject(request, 1, { verdict, series, timestampMs: null, detail });
  }

  seal(request: LedgerRequest): void {
    request.sealed = true;
    this.#settleIfDone(request);
  }

  /** Returns the part the answer belongs to, or null when its request is gone. */
  answer(reply: AppendReply): LedgerPart | null {
    const part = this.#parts.get(reply.token);
    if (part === undefined) return null;
    this.#parts.delete(reply.token);
    const { request } = part;
    request.openParts--;
    let written = reply.writtenCount;
    for (const shard of reply.shards) {
      written += shard.writtenCount;
      addShard(request, shard);
    }
    if (part.isHistograms) request.histogramsWritten += written;
    else request.writtenCount += written;
    this.#settleIfDone(request);
    return part;
  }

  /** Fails every request whose deadline has passed. Call it from a coarse timer. */
  expire(nowMs: number): void {
    for (const request of this.#requests) {
      if (request.deadlineMs > nowMs) continue;
      const shards = new Set<number>();
      for (const [token, part] of this.#parts) {
        if (part.request !== request) continue;
        for (const shard of part.shards) shards.add(shard);
        this.#parts.delete(token);
      }
      const names = [...shards].toSorted((a, b) => a - b).join(", ");
      this.#settle(
        request,
        new EngineError(
          DEADLINE_PASSED,
          `cannot make the request durable in time: waiting for shards ${names || "(none yet)"}`,
        ),
      );
    }
  }

  /** The first deadline, monotonic milliseconds, or null when nothing is open. */
  nextDeadlineMs(): number | null {
    // Insertion order is deadline order: every request gets the same time.
    for (const request of this.#requests) return request.deadlineMs;
    return null;
  }

  fail(request: LedgerRequest, error: EngineError): void {
    for (const [token, part] of this.#parts) {
      if (part.request === request) this.#parts.delete(token);
    }
    this.#settle(request, error);
  }

  #settleIfDone(request: LedgerRequest): void {
    if (!request.sealed || request.openParts > 0) return;
    if (request.failure !== null) this.#settle(request, request.failure);
    else if (request.stale) this.#settle(request, "resend");
    else {
      this.#settle(request, {
        samplesWritten: request.writtenCount,
        histogramsWritten: request.histogramsWritten,
        exemplarsWritten: request.exemplarsWritten,
        rejectedCount: request.rejectedCount,
        rejections: request.rejections,
      });
    }
  }

  #settle(request: LedgerRequest, outcome: BodyVerdict | EngineError | "resend"): void {
    if (request.settled) return;
    request.settled = true;
    this.#requests.delete(request);
    request.settle(outcome);
  }
}

function addShard(request: LedgerRequest, reply: ShardReply): void {
  request.rejectedCount += reply.rejectedCount;
  const { exemplars } = reply;
  if (exemplars !== undefined) request.exemplarsWritten += exemplars.written;
  const isTold = exemplars === undefined || request.tellsExemplars;
  if (isTold) request.rejectedCount += exemplars?.rejected ?? 0;
  for (const rejection of isTold ? reply.rejections : []) {
    keepRejection(request.rejections, rejection, REJECTIONS_MAX);
  }
  if (reply.status === REPLY_STALE_REFS) request.stale = true;
  else if (reply.status !== REPLY_DURABLE) request.failure ??= failureOf(reply);
}

function failureOf(reply: ShardReply): EngineError {
  switch (reply.status) {
    case REPLY_LOG_FAILED:
      return new EngineError(
        LOG_FAILED,
        `cannot write to shard ${reply.shard}: its log has failed`,
      );
    case REPLY_OVERLOADED:
      return new EngineError(
        OVERLOADED,
        `cannot write to shard ${reply.shard}: its memory budget is used up`,
      );
    default:
      return new EngineError(
        SHARD_UNAVAILABLE,
        `cannot write to shard ${reply.shard}: it is not open for writes here`,
      );
  }
}
