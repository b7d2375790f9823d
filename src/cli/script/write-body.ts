/**
 * Series as a body of remote write 1.0. Values are written as the bits they are, stale markers
 * included; the snappy frame holds its bytes as they are, which every reader takes.
 */
import type { Labels } from "#model/labels.ts";
import { STALE_NAN_HIGH, STALE_NAN_LOW } from "#model/staleness.ts";
import type { LoadedSeries } from "#promql/script/classic-to-native.ts";
import { histogramBytes } from "./histogram-bytes.ts";
import { field, joined, varint, varintField } from "./proto-bytes.ts";

const TEXT = new TextEncoder();
/** Bytes of one literal: what a two-byte length can say. */
const LITERAL_BYTES_MAX = 65_536;
const LITERAL_LENGTH_2 = 61 << 2;

export function writeBody(series: readonly LoadedSeries[]): Uint8Array {
  return framed(joined(series.map((one) => field(1, seriesBytes(one)))));
}

function seriesBytes({ labels, samples }: LoadedSeries): Uint8Array {
  const parts = labelFields(labels);
  for (const { timeMs, value } of samples) {
    const bytes =
      typeof value === "object"
        ? field(4, histogramBytes(timeMs, value))
        : field(2, sampleBytes(timeMs, value));
    parts.push(bytes);
  }
  return joined(parts);
}

function labelFields(labels: Labels): Uint8Array[] {
  const fields: Uint8Array[] = [];
  for (let i = 0; i < labels.length; i += 2) {
    const pair = [field(1, TEXT.encode(labels[i]!)), field(2, TEXT.encode(labels[i + 1]!))];
    fields.push(field(1, joined(pair)));
  }
  return fields;
}

function sampleBytes(timeMs: number, value: number | "stale"): Uint8Array {
  const bits = new DataView(new ArrayBuffer(9));
  bits.setUint8(0, (1 << 3) | 1);
  if (value === "stale") {
    bits.setUint32(1, STALE_NAN_LOW, true);
    bits.setUint32(5, STALE_NAN_HIGH, true);
  } else {
    bits.setFloat64(1, value, true);
  }
  return joined([new Uint8Array(bits.buffer), varintField(2, BigInt(timeMs))]);
}

function framed(bytes: Uint8Array): Uint8Array {
  const parts = [varint(BigInt(bytes.length))];
  for (let at = 0; at < bytes.length; at += LITERAL_BYTES_MAX) {
    const literal = bytes.subarray(at, at + LITERAL_BYTES_MAX);
    const last = literal.length - 1;
    parts.push(Uint8Array.of(LITERAL_LENGTH_2, last & 255, last >> 8), literal);
  }
  return joined(parts);
}
