/** What the verbs of a shard store share; nobody else holds it. */
import type { Head, StagingSamples } from "../head/head.ts";
import type { RecordDrafter } from "./record-drafter.ts";
import type { RefGenerations } from "./ref-generations.ts";

export interface ShardParts {
  readonly refGenerations: RefGenerations;
  readonly outOfOrderWindowMs: number;
  readonly stagingSamples: StagingSamples;
  readonly head: Head;
  readonly drafter: RecordDrafter;
  /** Sequence number of the last record drafted or applied. */
  appliedSeq: number;
}
