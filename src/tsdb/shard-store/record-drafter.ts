/**
 * Drafts the log records of one append: the new series, then exactly the samples written. Buffers
 * are reused: drafts are valid until the next append.
 */
import { assert } from "#base/assert.ts";
import type { SeriesRef } from "#model/refs.ts";
import type { AppendBatch } from "#storage/append-batch.ts";
import {
  RECORD_FLAG_MUST_UNDERSTAND,
  RECORD_SAMPLES,
  RECORD_SERIES,
  type LogRecordDraft,
} from "#storage/log-record.ts";
import type { HeadAppendResult } from "../head/head-append.ts";
import { encodeSamples, samplesPayloadBytesMax } from "../wal/sample-payload.ts";
import { SeriesPayloadWriter } from "../wal/series-payload-writer.ts";

/** Room for the samples of a usual batch. */
const INITIAL_BYTES = 16 * 1024;

export class RecordDrafter {
  readonly #series = new SeriesPayloadWriter();
  #samples = new Uint8Array(INITIAL_BYTES);

  /** The entries of `batch` that were given refs from `firstRef` on, which are in that order. */
  draftNewSeries(batch: AppendBatch, entryRefs: Uint32Array, firstRef: number): LogRecordDraft {
    const { fingerprints, placements, labelBytes, labelStart } = batch;
    const writer = this.#series;
    writer.reset(batch.tenant);
    let ref = firstRef;
    for (let i = 0; i < batch.labelCount; i++) {
      if (entryRefs[i] !== ref) continue;
      const isAdded = writer.add(
        ref as SeriesRef,
        fingerprints[2 * i]!,
        fingerprints[2 * i + 1]!,
        placements[2 * i]!,
        placements[2 * i + 1]!,
        labelBytes,
        labelStart[i]!,
        labelStart[i + 1]!,
      );
      assert(isAdded, () => `shard store: series ${firstRef} to ${ref} pass one record`);
      ref++;
    }
    return {
      type: RECORD_SERIES,
      flags: RECORD_FLAG_MUST_UNDERSTAND,
      count: writer.count,
      payload: writer.payload,
    };
  }

  draftSamples(result: HeadAppendResult): LogRecordDraft {
    const { written } = result;
    const bytesMax = samplesPayloadBytesMax(written);
    if (bytesMax > this.#samples.length) this.#samples = new Uint8Array(bytesMax * 2);
    const bytes = encodeSamples(
      this.#samples,
      result.refs,
      result.timestamps,
      result.values,
      written,
    );
    return {
      type: RECORD_SAMPLES,
      flags: RECORD_FLAG_MUST_UNDERSTAND,
      count: written,
      payload: this.#samples.subarray(0, bytes),
    };
  }
}
