/**
 * A plain encoder of remote write 2.0 bodies for tests, sharing nothing with the product's code:
 * symbols in the order first met, one message per series.
 */
import snappy from "snappy";
import { concat, double, field, integer, text, varint } from "./proto-wire.ts";

type TestLabels = readonly (readonly [name: string, value: string])[];

export interface TestExemplar {
  readonly labels: TestLabels;
  readonly timestampMs: number;
  readonly value: number;
}

export interface TestSeries2 {
  readonly labels: TestLabels;
  readonly samples?: readonly (readonly [timestampMs: number, value: number])[];
  /** Of every sample; 0 is none. */
  readonly startMs?: number;
  /** Messages, see `histogramMessage`. */
  readonly histograms?: readonly Uint8Array[];
  readonly exemplars?: readonly TestExemplar[];
  readonly metadata?: { readonly type: number; readonly help?: string; readonly unit?: string };
}

export function encodeWriteRequest2(series: readonly TestSeries2[]): Uint8Array {
  const symbols = new Map([["", 0]]);
  const reference = (symbol: string): number => {
    const index = symbols.get(symbol) ?? symbols.size;
    symbols.set(symbol, index);
    return index;
  };
  const references = (labels: TestLabels): Uint8Array =>
    field(1, concat(labels.flat().map((label) => varint(BigInt(reference(label))))));
  const rows = series.map((one) =>
    field(
      5,
      concat([
        references(one.labels),
        ...(one.samples ?? []).map(([timestampMs, value]) =>
          field(2, sample(timestampMs, value, one.startMs ?? 0)),
        ),
        ...(one.histograms ?? []).map((message) => field(3, message)),
        ...(one.exemplars ?? []).map(({ labels, timestampMs, value }) =>
          field(4, concat([references(labels), double(2, value), integer(3, timestampMs)])),
        ),
        ...(one.metadata === undefined ? [] : [field(5, metadata(one.metadata))]),
      ]),
    ),
  );
  function metadata({ type, help = "", unit = "" }: NonNullable<TestSeries2["metadata"]>) {
    return concat([integer(1, type), integer(3, reference(help)), integer(4, reference(unit))]);
  }
  return concat([...[...symbols.keys()].map((symbol) => text(4, symbol)), ...rows]);
}

export function snappyBody2(series: readonly TestSeries2[]): Uint8Array {
  return snappy.compressSync(Buffer.from(encodeWriteRequest2(series))) as Uint8Array;
}

function sample(timestampMs: number, value: number, startMs: number): Uint8Array {
  return concat([double(1, value), integer(2, timestampMs), integer(3, startMs)]);
}
