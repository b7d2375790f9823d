/**
 * Drafts the log records of one append: the new series, then exactly the samples written. Buffers
 * are reused: drafts are valid until the next append.
 */
import { assert } from "#base/assert.ts";
import {
  LABELS_BYTES,
  LABELS_HEADER_BYTES,
  LABELS_PLACEMENT,
} from "#kernels/layout/head-layout.ts";
import type { SeriesRef, TenantId } from "#model/refs.ts";
import {
  RECORD_FLAG_MUST_UNDERSTAND,
  RECORD_SAMPLES,
  RECORD_SERIES,
  type LogRecordDraft,
} from "#storage/log-record.ts";
import type { Head } from "../head/head.ts";
import type { HeadAppendResult } from "../head/head-append.ts";
import { encodeSamples, samplesPayloadBytesMax } from "../wal/sample-payload.ts";
import { SeriesPayloadWriter } from "../wal/series-payload-writer.ts";

/** Room for the samples of a usual batch. */
const INITIAL_BYTES = 16 * 1024;

export class RecordDrafter {
  readonly #series = new SeriesPayloadWriter();
  #samples = new Uint8Array(INITIAL_BYTES);

  /** The series of `head` from `firstRef` on, which are as many refs. */
  draftNewSeries(head: Head, tenant: TenantId, firstRef: number): LogRecordDraft {
    const { u8, u32 } = head.memory;
    const writer = this.#series;
    writer.reset(tenant);
    for (let ref = firstRef; ref < head.nextRef; ref++) {
      const fingerprint = head.fingerprintWord(ref);
      const block = head.labelsWord(ref);
      const labels = 4 * block + LABELS_HEADER_BYTES;
      const isAdded = writer.add(
        ref as SeriesRef,
        u32[fingerprint]!,
        u32[fingerprint + 1]!,
        u32[block + LABELS_PLACEMENT / 4]!,
        u32[block + LABELS_PLACEMENT / 4 + 1]!,
        u8,
        labels,
        labels + u32[block + LABELS_BYTES / 4]!,
      );
      assert(isAdded, () => `shard store: series ${firstRef} to ${ref} pass one record`);
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
