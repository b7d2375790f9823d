/**
 * A shard store that only writes down what it is told and answers as it is told: for tests of the
 * actor around it. Every batch becomes one record whose payload is the batch's sample count.
 */
import { EngineError } from "#base/engine-error.ts";
import { type AppendBatch, type EncodedItems, encodedItems } from "#storage/append-batch.ts";
import type {
  ClosedGeneration,
  GenerationCursor,
  SeriesRecordCursor,
} from "#storage/head-generation.ts";
import type { LabelCountsCursor } from "#storage/label-counts.ts";
import { RECORD_CUT, RECORD_SAMPLES } from "#storage/log-record.ts";
import type { LogRecord, LogRecordDraft } from "#storage/log-record.ts";
import type { ReadView } from "#storage/read-view.ts";
import type {
  AppendContext,
  AppendOutcome,
  ShardStore,
  ShardStoreStats,
} from "#storage/shard-store.ts";
import { OVERLOADED } from "#storage/storage-errors.ts";

export class FakeShardStore implements ShardStore {
  readonly generation = 9;
  readonly applied: number[] = [];
  verdicts: Uint8Array | null = null;
  isFull = false;
  resumedBehind = 0;
  /** What `append` was told. */
  contexts: AppendContext[] = [];

  append(batch: AppendBatch, context: AppendContext): AppendOutcome {
    this.contexts.push(context);
    if (this.isFull) throw new EngineError(OVERLOADED, "cannot append: full");
    return {
      refs: Uint32Array.from({ length: batch.labelCount }, (_, i) => 100 + i),
      verdicts: this.verdicts,
      writtenCount: batch.sampleCount,
      records: [
        {
          type: RECORD_SAMPLES,
          flags: 0,
          count: batch.sampleCount,
          payload: new Uint8Array(8).fill(batch.sampleCount),
        },
      ],
    };
  }

  apply(record: LogRecord): void {
    this.applied.push(record.seq);
  }

  seriesText(ref: number): string {
    return `series ${ref}`;
  }

  labelCounts(): LabelCountsCursor {
    return { next: () => null };
  }

  readView(): ReadView {
    throw new Error("not part of these tests");
  }

  exemplars(): EncodedItems {
    return encodedItems([]);
  }

  metadata(): EncodedItems {
    return encodedItems([]);
  }

  stats(): ShardStoreStats {
    throw new Error("not part of these tests");
  }

  cut(): LogRecordDraft {
    if (this.isFull) throw new EngineError(OVERLOADED, "cannot cut: full");
    return { type: RECORD_CUT, flags: 1, count: 0, payload: new Uint8Array(8) };
  }

  closedGenerations(): readonly ClosedGeneration[] {
    return [];
  }

  readGeneration(): GenerationCursor {
    throw new Error("not part of these tests");
  }

  releaseGeneration(): void {
    throw new Error("not part of these tests");
  }

  seriesRecords(): SeriesRecordCursor {
    throw new Error("not part of these tests");
  }

  restore(): void {
    throw new Error("not part of these tests");
  }

  resumeBehind(seq: number): void {
    this.resumedBehind = seq;
  }
}
