/**
 * Drafts the log records of one append: the new series, then exactly the samples written. Buffers
 * are reused: drafts are valid until the next append.
 */
import { assert } from "#base/assert.ts";
import type { SeriesRef } from "#model/refs.ts";
import type { AppendBatch } from "#storage/append-batch.ts";
import {
  RECORD_FLAG_MUST_UNDERSTAND,
  RECORD_HISTOGRAMS,
  RECORD_SAMPLES,
  RECORD_SERIES,
  type LogRecordDraft,
} from "#storage/log-record.ts";
import type { HistogramColumn } from "#storage/histogram-column.ts";
import type { HeadAppendResult } from "../head/head-append.ts";
import {
  encodeHistograms,
  HISTOGRAMS_PREFIX_BYTES,
  histogramsPayloadBytes,
} from "../wal/histogram-payload.ts";
import { SeriesPayloadWriter } from "../wal/series-payload-writer.ts";

export class RecordDrafter {
  readonly #series = new SeriesPayloadWriter();
  #histograms = new Uint8Array(0);

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

  draftSamples({ written, payload }: HeadAppendResult): LogRecordDraft {
    return { type: RECORD_SAMPLES, flags: RECORD_FLAG_MUST_UNDERSTAND, count: written, payload };
  }

  /** As `draftSamples`; the column tells which of the samples written are histograms. */
  draftHistograms(result: HeadAppendResult, column: HistogramColumn): LogRecordDraft {
    const { written, payload: samples } = result;
    const room = samples.length + histogramsPayloadBytes(column);
    if (room > this.#histograms.length) this.#histograms = new Uint8Array(room * 2);
    this.#histograms.set(samples, HISTOGRAMS_PREFIX_BYTES);
    const bytes = encodeHistograms(this.#histograms, samples.length, column);
    return {
      type: RECORD_HISTOGRAMS,
      flags: RECORD_FLAG_MUST_UNDERSTAND,
      count: written,
      payload: this.#histograms.subarray(0, bytes),
    };
  }
}
