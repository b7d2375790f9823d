/**
 * The states of a shard replica on a node of a cluster of one. `learner`, `follower` and sealed
 * epochs join this union with replication.
 *
 *   absent ──open──▶ activating ──activate──▶ primary ──drain──▶ draining
 *                                              │   ▲
 *                                   log-failed ▼   │ log-resumed
 *                                             read-only
 *
 * From every state an assertion that fails leads to `faulted`, and so does `fault`: this replica
 * answers nothing more, its siblings go on, and the next start replays it from its log.
 */
import type { ShardStore } from "#storage/shard-store.ts";
import type { Epoch, Seq } from "#model/refs.ts";

interface Open {
  readonly epoch: Epoch;
  readonly store: ShardStore;
  /** Last sequence number given to a record, replayed, or flushed before this life. */
  readonly seq: Seq;
}

export type ShardState =
  | { readonly kind: "absent" }
  | ({ readonly kind: "activating"; readonly flushedSeq: Seq } & Open)
  | ({ readonly kind: "primary" } & Open)
  | ({ readonly kind: "read-only"; readonly reason: string } & Open)
  | ({ readonly kind: "draining" } & Open)
  | { readonly kind: "faulted"; readonly reason: string };

export const SHARD_ABSENT: ShardState = { kind: "absent" };
