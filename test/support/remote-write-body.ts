/**
 * A plain encoder of remote write 1.0 bodies for tests: one time series after another, nothing
 * shared with the product's own code. Values are written as the bits they are given.
 */
import snappy from "snappy";

export interface TestSeries {
  /** In the order in which they go on the wire. */
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly samples: readonly (readonly [timestampMs: number, value: number])[];
}

export function encodeWriteRequest(series: readonly TestSeries[]): Uint8Array {
  return concat(series.map((one) => field(1, encodeSeries(one))));
}

export function snappyBody(series: readonly TestSeries[]): Uint8Array {
  return snappy.compressSync(Buffer.from(encodeWriteRequest(series))) as Uint8Array;
}

function encodeSeries({ labels, samples }: TestSeries): Uint8Array {
  return concat([
    ...labels.map(([name, value]) => field(1, concat([text(1, name), text(2, value)]))),
    ...samples.map(([timestampMs, value]) => field(2, encodeSample(timestampMs, value))),
  ]);
}

function encodeSample(timestampMs: number, value: number): Uint8Array {
  const bits = new Uint8Array(9);
  bits[0] = (1 << 3) | 1;
  new DataView(bits.buffer).setFloat64(1, value, true);
  return concat([bits, Uint8Array.of(2 << 3), varint(BigInt(timestampMs))]);
}

function text(number: number, value: string): Uint8Array {
  return field(number, new TextEncoder().encode(value));
}

function field(number: number, payload: Uint8Array): Uint8Array {
  return concat([Uint8Array.of((number << 3) | 2), varint(BigInt(payload.length)), payload]);
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest >= 128n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
