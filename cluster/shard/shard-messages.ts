/**
 * What a shard actor is told and what it asks for. The same types in process, across worker threads
 * (as ring frames) and, with the cluster, over gRPC. Effects are performed in the order given:
 * `log` before `reply-when-durable` is how "persist before answer" is written down.
 */
import type { AppendBatch } from "#storage/append-batch.ts";
import type { ShardReply } from "#storage/append-reply.ts";
import type { LogRecord, LogRecordDraft } from "#storage/log-record.ts";
import type { ShardStore } from "#storage/shard-store.ts";
import type { Epoch, Seq, ShardId } from "#model/refs.ts";

export type ShardMessage =
  /**
   * A store for this replica exists, its series restored; its configuration is `epoch`. What records
   * up to `flushedSeq` brought is in blocks: they are passed over when they are replayed.
   */
  | {
      readonly kind: "open";
      readonly epoch: Epoch;
      readonly store: ShardStore;
      readonly flushedSeq?: Seq;
    }
  | { readonly kind: "replay"; readonly record: LogRecord }
  /** The log has been replayed to its end: serve as primary. */
  | { readonly kind: "activate" }
  | {
      readonly kind: "append";
      readonly batch: AppendBatch;
      readonly trustedNowMs: number;
      /** The node's head budget is nearly used up. */
      readonly refusesNewSeries?: boolean;
    }
  /** End the current head generation; ignored by a replica that cannot write, or has no room. */
  | { readonly kind: "cut" }
  | { readonly kind: "log-failed"; readonly reason: string }
  | { readonly kind: "log-resumed" }
  /** Stop taking appends; what was accepted is still answered. */
  | { readonly kind: "drain" }
  /** What the replica is made of cannot be read: it is out of service. */
  | { readonly kind: "fault"; readonly reason: string };

export type ShardEffect =
  | {
      readonly kind: "log";
      readonly shard: ShardId;
      readonly epoch: Epoch;
      readonly seq: Seq;
      readonly draft: LogRecordDraft;
    }
  /** Answer once everything logged so far is durable. */
  | { readonly kind: "reply-when-durable"; readonly reply: ShardReply }
  | { readonly kind: "reply"; readonly reply: ShardReply };
