/** What the verbs of a shard store share; nobody else holds it. */
import type { ExemplarRing } from "../exemplars/exemplar-ring.ts";
import type { MetadataTable } from "../metadata/metadata-table.ts";
import type { Head, StagingSamples } from "../head/head.ts";
import type { RecordDrafter } from "./record-drafter.ts";
import type { RefGenerations } from "./ref-generations.ts";

export interface ShardParts {
  readonly refGenerations: RefGenerations;
  readonly outOfOrderWindowMs: number;
  readonly stagingSamples: StagingSamples;
  readonly head: Head;
  readonly exemplars: ExemplarRing;
  readonly metadata: MetadataTable;
  readonly drafter: RecordDrafter;
  /** Sequence number of the last record drafted or applied. */
  appliedSeq: number;
}
