/**
 * The `ShardStore` of one shard replica: a head in linear memory, its index included.
 * `shard-store-append`, `-apply` and `-cut` change it, `shard-store-read` reads it.
 */
import { assert } from "#base/assert.ts";
import { describeSeries } from "#model/canonical-labels.ts";
import type { Seq, SeriesRef, TenantId } from "#model/refs.ts";
import { type AppendBatch, type EncodedItems, encodedItems } from "#storage/append-batch.ts";
import type {
  ClosedGeneration,
  GenerationCursor,
  SeriesRecordCursor,
} from "#storage/head-generation.ts";
import type { LabelCountsCursor } from "#storage/label-counts.ts";
import type { ExemplarSelect } from "#storage/exemplar.ts";
import type { LogRecord, LogRecordDraft } from "#storage/log-record.ts";
import type { MetadataSelect } from "#storage/metric-metadata.ts";
import type { ReadView } from "#storage/read-view.ts";
import type {
  AppendContext,
  AppendOutcome,
  ShardStore,
  ShardStoreStats,
} from "#storage/shard-store.ts";
import { ExemplarRing } from "../exemplars/exemplar-ring.ts";
import { Head } from "../head/head.ts";
import { releaseGeneration } from "../head/head-cut.ts";
import { HeadLabelCounts } from "./label-counts-cursor.ts";
import { MetadataTable } from "../metadata/metadata-table.ts";
import { RecordDrafter } from "./record-drafter.ts";
import { RefGenerations } from "./ref-generations.ts";
import { SeriesRecords } from "./series-records.ts";
import { appendBatch } from "./shard-store-append.ts";
import { appendItems } from "./shard-store-append-items.ts";
import { applyRecord, restoreRecord } from "./shard-store-apply.ts";
import { closedGenerations, cutHead, readGeneration } from "./shard-store-cut.ts";
import {
  EXEMPLARS_MAX_DEFAULT,
  OUT_OF_ORDER_WINDOW_MS_DEFAULT,
  STAGING_SAMPLES_DEFAULT,
  type ShardStoreOptions,
} from "./shard-store-options.ts";
import { openReadView } from "./shard-store-read.ts";
import type { ShardParts } from "./shard-parts.ts";

export function createShardStore(options: ShardStoreOptions): ShardStore {
  return new HeadShardStore(options);
}

class HeadShardStore implements ShardStore {
  readonly #parts: ShardParts;

  constructor(options: ShardStoreOptions) {
    const { outOfOrderWindowMs = OUT_OF_ORDER_WINDOW_MS_DEFAULT } = options;
    const { stagingSamples = STAGING_SAMPLES_DEFAULT } = options;
    const { exemplarsMax = EXEMPLARS_MAX_DEFAULT } = options;
    assert(outOfOrderWindowMs >= 0, () => `out-of-order window: got ${outOfOrderWindowMs} ms`);
    this.#parts = {
      refGenerations: new RefGenerations(options.generation),
      outOfOrderWindowMs,
      stagingSamples,
      head: new Head({
        module: options.headKernel,
        bytesMax: options.headBytesMax,
        stagingSamples,
        quota: options.seriesQuota ?? null,
      }),
      exemplars: new ExemplarRing(exemplarsMax),
      metadata: new MetadataTable(),
      drafter: new RecordDrafter(),
      appliedSeq: 0,
    };
  }

  get generation(): number {
    return this.#parts.refGenerations.current;
  }

  append(batch: AppendBatch, context: AppendContext): AppendOutcome {
    const hasItems = batch.exemplars !== null || batch.metadata !== null;
    return hasItems
      ? appendItems(this.#parts, batch, context)
      : appendBatch(this.#parts, batch, context);
  }

  apply(record: LogRecord): void {
    applyRecord(this.#parts, record);
  }

  seriesText(ref: SeriesRef): string {
    return describeSeries(this.#parts.head.labelBytes(ref));
  }

  readView(): ReadView {
    return openReadView(this.#parts);
  }

  exemplars(select: ExemplarSelect): EncodedItems {
    return encodedItems(this.#parts.exemplars.select(select));
  }

  metadata(select: MetadataSelect): EncodedItems {
    return encodedItems(this.#parts.metadata.select(select));
  }

  stats(): ShardStoreStats {
    const { head, exemplars, metadata } = this.#parts;
    return {
      seriesCount: head.seriesCount,
      sampleCount: head.sampleCount,
      usedBytes: head.memory.usedBytes + head.memory.besideBytes,
      reservedBytes: head.memory.reservedBytes + head.memory.besideBytes,
      minTimestampMs: head.generations.oldestMs,
      maxTimestampMs: head.generations.newestMs,
      exemplarCount: exemplars.size,
      describedMetricCount: metadata.size,
    };
  }

  labelCounts(tenant: TenantId): LabelCountsCursor {
    return new HeadLabelCounts(this.#parts.head, tenant);
  }

  cut(): LogRecordDraft {
    return cutHead(this.#parts);
  }

  closedGenerations(): readonly ClosedGeneration[] {
    return closedGenerations(this.#parts);
  }

  readGeneration(number: number): GenerationCursor {
    return readGeneration(this.#parts, number);
  }

  releaseGeneration(number: number): void {
    releaseGeneration(this.#parts.head, number);
  }

  seriesRecords(number: number, which: "new" | "all"): SeriesRecordCursor {
    return new SeriesRecords(this.#parts, this.#parts.head.generations.find(number), which);
  }

  restore(draft: LogRecordDraft): void {
    restoreRecord(this.#parts, draft);
  }

  resumeBehind(seq: Seq): void {
    const { appliedSeq } = this.#parts;
    assert(appliedSeq === 0, () => `shard store: resumed behind ${seq} after record ${appliedSeq}`);
    this.#parts.appliedSeq = seq;
  }
}
