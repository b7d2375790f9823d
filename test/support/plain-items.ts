/**
 * Exemplars and metadata for tests, from plain values: single items, and batches of them as a
 * receiver sends them.
 */
import { encodeLabels } from "#model/canonical-labels.ts";
import { labelsOf } from "#model/labels.ts";
import { shardId, tenantId } from "#model/refs.ts";
import type { AppendBatch, EncodedItems } from "#storage/append-batch.ts";
import { encodeExemplarItem, ExemplarItem } from "#storage/exemplar-item.ts";
import { encodeMetadataItem, MetadataItem } from "#storage/metadata-item.ts";
import { appendBatchOf } from "./append-batches.ts";

export interface PlainExemplar {
  readonly series: string;
  readonly timestampMs: number;
  readonly value?: number;
  readonly trace?: string;
}

export interface PlainMetadata {
  readonly metric: string;
  readonly type?: number;
  readonly help?: string;
  readonly unit?: string;
}

export function exemplarOf({
  series,
  timestampMs,
  value = 1,
  trace = "",
}: PlainExemplar): ExemplarItem {
  const words = new Uint32Array(Float64Array.of(value).buffer);
  return new ExemplarItem(
    encodeExemplarItem({
      series: encodeLabels(labelsOf([["__name__", series]])),
      labels: encodeLabels(labelsOf([["trace_id", trace]])),
      timestampMs,
      value: [words[0]!, words[1]!],
    }),
  );
}

export function metadataOf({
  metric,
  type = 1,
  help = "",
  unit = "",
}: PlainMetadata): MetadataItem {
  const [name, helpBytes, unitBytes] = [metric, help, unit].map((text) => Buffer.from(text));
  return new MetadataItem(
    encodeMetadataItem({ type, name: name!, help: helpBytes!, unit: unitBytes! }),
  );
}

/** A batch without samples. */
export function itemBatch(
  exemplars: readonly PlainExemplar[],
  metadata: readonly PlainMetadata[] = [],
  tenant: number = 0,
): AppendBatch {
  return {
    ...appendBatchOf({}),
    tenant: tenantId(tenant),
    shard: shardId(0),
    exemplars: itemsOf(exemplars.map((one) => exemplarOf(one).bytes)),
    metadata: itemsOf(metadata.map((one) => metadataOf(one).bytes)),
  };
}

function itemsOf(items: readonly Uint8Array[]): EncodedItems | null {
  if (items.length === 0) return null;
  return { count: items.length, bytes: new Uint8Array(Buffer.concat(items)) };
}
