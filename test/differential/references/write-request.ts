/**
 * The data of a round as a body of remote write 1.0, native histograms included. A receiver takes
 * the floats of a message before its histograms, so a series of both goes out in runs.
 */
import snappy from "snappy";
import type { FloatHistogram, HistogramSpan } from "#model/float-histogram.ts";
import type { Labels } from "#model/labels.ts";
import type { MemorySample } from "#promql/script/memory-queryable.ts";
import type { DataSeries } from "../data/data-set.ts";
import { doubleField, field, joined, varint, varintField } from "./protobuf-fields.ts";

const STALE_BITS = 0x7ff0_0000_0000_0002n;
const HINT_GAUGE = 3;

export function writeBody(series: readonly DataSeries[]): Uint8Array {
  const messages = series.flatMap(({ labels, samples }) =>
    runsOf(samples).map((run) =>
      field(1, joined([...labelFields(labels), ...run.map(valueField)])),
    ),
  );
  return snappy.compressSync(Buffer.from(joined(messages))) as Uint8Array;
}

function labelFields(labels: Labels): Uint8Array[] {
  const fields: Uint8Array[] = [];
  for (let i = 0; i < labels.length; i += 2) {
    fields.push(field(1, joined([field(1, labels[i]!), field(2, labels[i + 1]!)])));
  }
  return fields;
}

/** A marker belongs to what came before it. */
function runsOf(samples: readonly MemorySample[]): MemorySample[][] {
  const runs: MemorySample[][] = [];
  let wasHistogram: boolean | null = null;
  for (const sample of samples) {
    const isHistogram = typeof sample.value === "object";
    if (isHistogram !== wasHistogram) runs.push([]);
    runs.at(-1)!.push(sample);
    wasHistogram = isHistogram;
  }
  return runs;
}

function valueField({ timeMs, value }: MemorySample): Uint8Array {
  if (typeof value === "object") return field(4, histogramBytes(timeMs, value));
  const bits = value === "stale" ? STALE_BITS : bitsOf(value);
  return field(2, joined([doubleField(1, bits), varintField(2, timeMs)]));
}

/** An integer histogram, buckets as differences. */
function histogramBytes(timeMs: number, histogram: FloatHistogram): Uint8Array {
  return joined([
    varintField(1, BigInt(histogram.count)),
    doubleField(3, bitsOf(histogram.sum)),
    varintField(4, zigzag(histogram.schema)),
    doubleField(5, bitsOf(histogram.zeroThreshold)),
    varintField(6, BigInt(histogram.zeroCount)),
    ...histogram.negativeSpans.map((span) => field(8, spanBytes(span))),
    field(9, deltaBytes(histogram.negativeBuckets)),
    ...histogram.positiveSpans.map((span) => field(11, spanBytes(span))),
    field(12, deltaBytes(histogram.positiveBuckets)),
    varintField(14, histogram.counterResetHint === "gauge" ? HINT_GAUGE : 0),
    varintField(15, timeMs),
    field(16, doubleBytes(histogram.customValues)),
  ]);
}

function spanBytes({ offset, length }: HistogramSpan): Uint8Array {
  return joined([varintField(1, zigzag(offset)), varintField(2, length)]);
}

function deltaBytes(counts: Float64Array): Uint8Array {
  return joined([...counts].map((count, at) => varint(zigzag(count - (counts[at - 1] ?? 0)))));
}

function doubleBytes(values: Float64Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 8);
  const view = new DataView(bytes.buffer);
  values.forEach((value, at) => view.setFloat64(at * 8, value, true));
  return bytes;
}

function zigzag(value: number): bigint {
  return value >= 0 ? BigInt(value) * 2n : BigInt(-value) * 2n - 1n;
}

function bitsOf(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}
