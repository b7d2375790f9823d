/** A batch from its columns. Named one by one: a spread copies names, once per shard of every body. */
import type { AppendBatch } from "#storage/append-batch.ts";
import type { PartColumns } from "./shard-part.ts";

export type BatchHead = Pick<
  AppendBatch,
  "tenant" | "shard" | "generation" | "isHistory" | "histograms" | "exemplars" | "metadata"
>;

export function batchOf(head: BatchHead, columns: PartColumns): AppendBatch {
  return {
    tenant: head.tenant,
    shard: head.shard,
    generation: head.generation,
    labelCount: columns.labelCount,
    labelStart: columns.labelStart,
    labelBytes: columns.labelBytes,
    fingerprints: columns.fingerprints,
    placements: columns.placements,
    sampleCount: columns.sampleCount,
    knownCount: columns.knownCount,
    series: columns.series,
    timestamps: columns.timestamps,
    values: columns.values,
    isHistory: head.isHistory,
    histograms: head.histograms,
    exemplars: head.exemplars,
    metadata: head.metadata,
  };
}
