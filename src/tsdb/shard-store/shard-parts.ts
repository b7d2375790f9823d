/** What the verbs of a shard store share; nobody else holds it. */
import type { LabelsDecoder } from "#model/canonical-labels.ts";
import type { TenantId } from "#model/refs.ts";
import type { Head } from "../head/head.ts";
import type { InvertedIndex } from "../index/inverted-index.ts";
import type { RecordDrafter } from "./record-drafter.ts";

export interface ShardParts {
  readonly generation: number;
  readonly outOfOrderWindowMs: number;
  readonly head: Head;
  readonly index: InvertedIndex;
  readonly decoder: LabelsDecoder;
  readonly drafter: RecordDrafter;
  /** Sequence number of the last record drafted or applied. */
  appliedSeq: number;
}

/** Indexes the series from `firstRef` on, which all belong to `tenant`. */
export function indexNewSeries(parts: ShardParts, tenant: TenantId, firstRef: number): void {
  const { head, index, decoder } = parts;
  for (let ref = firstRef; ref < head.seriesCount; ref++) {
    const bytes = head.labelBytes(ref);
    index.add(tenant, ref, decoder.decode(bytes, 0, bytes.length));
  }
}
