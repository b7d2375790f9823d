/**
 * A plain encoder of remote write 1.0 bodies for tests: one time series after another, nothing
 * shared with the product's own code. Values are written as the bits they are given.
 */
import snappy from "snappy";
import { concat, double, field, text, varint } from "./proto-wire.ts";

export interface TestSeries {
  /** In the order in which they go on the wire. */
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly samples: readonly (readonly [timestampMs: number, value: number])[];
  /** Messages, see `histogramMessage`. */
  readonly histograms?: readonly Uint8Array[];
}

export function encodeWriteRequest(series: readonly TestSeries[]): Uint8Array {
  return concat(series.map((one) => field(1, encodeSeries(one))));
}

export function snappyBody(series: readonly TestSeries[]): Uint8Array {
  return snappy.compressSync(Buffer.from(encodeWriteRequest(series))) as Uint8Array;
}

function encodeSeries({ labels, samples, histograms = [] }: TestSeries): Uint8Array {
  return concat([
    ...labels.map(([name, value]) => field(1, concat([text(1, name), text(2, value)]))),
    ...samples.map(([timestampMs, value]) => field(2, encodeSample(timestampMs, value))),
    ...histograms.map((message) => field(4, message)),
  ]);
}

function encodeSample(timestampMs: number, value: number): Uint8Array {
  return concat([double(1, value), Uint8Array.of(2 << 3), varint(BigInt(timestampMs))]);
}
