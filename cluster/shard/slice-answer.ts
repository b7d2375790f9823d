/**
 * The answer to a slice while its shards step, one after the other: what they all stored is added
 * up, what one has to tell is kept, and rejections in words are kept to a few, so that the answer
 * fits the ring however many shards there are.
 */
import { REPLY_DURABLE } from "#storage/append-reply.ts";
import type { AppendReply, ShardReply } from "#storage/append-reply.ts";
import type { AppendBatch } from "#storage/append-batch.ts";
import type { Rejection } from "#storage/body-appender.ts";
import { VERDICT_SERIES_LIMIT } from "#storage/verdict.ts";

/** Of the few that a sender reads, and some 2 KiB each at worst. */
export const SLICE_REJECTIONS_MAX = 32;

export class SliceAnswer {
  readonly #token: number;
  readonly #shards: ShardReply[] = [];
  #writtenCount = 0;
  #rejectionCount = 0;
  #isLimitTold = false;

  constructor(token: number) {
    this.#token = token;
  }

  add(reply: ShardReply, batch: AppendBatch): void {
    if (isOnlyCounted(reply, batch)) this.#writtenCount += reply.writtenCount;
    else this.#shards.push(this.#bounded(reply));
  }

  get reply(): AppendReply {
    return { token: this.#token, writtenCount: this.#writtenCount, shards: this.#shards };
  }

  #bounded(reply: ShardReply): ShardReply {
    if (reply.rejections.length === 0) return reply;
    const kept = reply.rejections.filter((rejection) => this.#keeps(rejection));
    return kept.length === reply.rejections.length ? reply : { ...reply, rejections: kept };
  }

  /** A limit of the tenant is told whatever came before it: see `keep-rejection.ts`. */
  #keeps({ verdict }: Rejection): boolean {
    const isLimit = verdict === VERDICT_SERIES_LIMIT;
    const isKept = this.#rejectionCount < SLICE_REJECTIONS_MAX || (isLimit && !this.#isLimitTold);
    if (isKept) this.#rejectionCount++;
    this.#isLimitTold ||= isLimit;
    return isKept;
  }
}

/** Nothing in the answer that the receiver does not take for granted. */
function isOnlyCounted(reply: ShardReply, batch: AppendBatch): boolean {
  return (
    reply.status === REPLY_DURABLE &&
    reply.generation === batch.generation &&
    reply.writtenCount === batch.sampleCount &&
    reply.refs.length === 0 &&
    reply.rejections.length === 0 &&
    reply.exemplars === undefined
  );
}
