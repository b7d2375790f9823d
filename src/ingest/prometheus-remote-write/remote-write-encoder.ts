/**
 * Builds the body of a remote-write 1.0 request, uncompressed, one sample per series: what a
 * collector hands to the write door. Values are copied as bits.
 */
import { assert } from "#base/assert.ts";
import { BYTES_LIMIT } from "#base/bytes/bytes-errors.ts";
import { EngineError } from "#base/engine-error.ts";
import type { Labels } from "#model/labels.ts";
import { wordsOf } from "#model/staleness.ts";
import { type MetricFacts, WriteRequestBuilder } from "./write-request-builder.ts";

export interface SampleColumns {
  readonly labels: readonly Labels[];
  readonly values: Float64Array;
  /** Integer milliseconds. */
  readonly timestamps: Float64Array;
  /** Of any metrics; what finds no room is left out, it comes again. */
  readonly metadata?: readonly MetricFacts[];
}

/** Throws `bytes.limit` when the body would pass `bytesMax`. */
export function encodeWriteRequest(columns: SampleColumns, bytesMax: number): Uint8Array {
  const { labels, values, timestamps } = columns;
  assert(
    labels.length === values.length && labels.length === timestamps.length,
    () => `columns: got ${labels.length}, ${values.length} and ${timestamps.length} rows`,
  );
  const builder = new WriteRequestBuilder(bytesMax);
  const valueWords = wordsOf(values);
  for (let i = 0; i < labels.length; i++) {
    const end = builder.add(labels[i]!, { valueWords, timestamps, from: i, to: i + 1 });
    if (end > i) continue;
    const cause = `${labels.length} samples take more than ${bytesMax}`;
    throw new EngineError(BYTES_LIMIT, `cannot write bytes: ${cause}`, { data: { bytesMax } });
  }
  for (const facts of columns.metadata ?? []) builder.addFacts(facts);
  return builder.take();
}
