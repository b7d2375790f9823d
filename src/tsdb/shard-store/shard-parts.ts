/** What the verbs of a shard store share; nobody else holds it. */
import type { LabelsDecoder } from "#model/canonical-labels.ts";
import type { TenantId } from "#model/refs.ts";
import type { Head, StagingSamples } from "../head/head.ts";
import type { InvertedIndex } from "../index/inverted-index.ts";
import type { RecordDrafter } from "./record-drafter.ts";
import type { RefGenerations } from "./ref-generations.ts";

export interface ShardParts {
  readonly refGenerations: RefGenerations;
  readonly outOfOrderWindowMs: number;
  readonly stagingSamples: StagingSamples;
  readonly head: Head;
  readonly index: InvertedIndex;
  readonly decoder: LabelsDecoder;
  readonly drafter: RecordDrafter;
  /** Sequence number of the last record drafted or applied. */
  appliedSeq: number;
}

/** Enters a new series into the index. */
export function indexSeries(parts: ShardParts, tenant: TenantId, ref: number): void {
  const bytes = parts.head.labelBytes(ref);
  parts.index.add(tenant, ref, parts.decoder.decode(bytes, 0, bytes.length));
}
