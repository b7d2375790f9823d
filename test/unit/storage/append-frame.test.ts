import { expect, test } from "vitest";
import { appendFrameBytes, decodeAppendFrame, encodeAppendFrame } from "#storage/append-frame.ts";
import { isStaleAt, wordsOf, writeStaleAt } from "#model/staleness.ts";
import { tenantId } from "#model/refs.ts";
import { bitsOf, buildBatch, histogramRow } from "#test/support/batch-builder.ts";
import { appendBatchOf, sliceOf } from "#test/support/append-batches.ts";
import { itemBatch } from "#test/support/plain-items.ts";

test("a batch survives the way through a frame", () => {
  const batch = appendBatchOf({
    shard: 37,
    generation: 5,
    isHistory: true,
    known: [
      [7, 1000, 1.5],
      [9, 1000, -0],
    ],
    fresh: [
      { labels: { __name__: "up", job: "a" }, samples: [[2000, 3]] },
      {
        labels: { __name__: "x", name: "gruesse" },
        samples: [
          [3000, 4],
          [4000, 5],
        ],
      },
    ],
  });
  const frame = new Uint8Array(appendFrameBytes(sliceOf(batch)));
  encodeAppendFrame(frame, 77, sliceOf(batch));
  expect(decodeAppendFrame(frame)).toEqual({ token: 77, batches: [batch] });
});

test("views of a larger buffer with an offset are framed as well as whole columns", () => {
  const whole = appendBatchOf({ fresh: [{ labels: { __name__: "up" }, samples: [[1, 2]] }] });
  const padded = new Uint8Array(whole.labelBytes.length + 16);
  padded.set(whole.labelBytes, 16);
  const shifted = {
    ...whole,
    labelBytes: padded,
    labelStart: whole.labelStart.map((start) => start + 16),
  };
  const frame = new Uint8Array(appendFrameBytes(sliceOf(shifted)));
  encodeAppendFrame(frame, 1, sliceOf(shifted));
  expect(decodeAppendFrame(frame).batches[0]).toEqual(whole);
});

test("the staleness marker keeps its bits", () => {
  const batch = appendBatchOf({ known: [[1, 1000, 0]] });
  writeStaleAt(batch.values, 0);
  const frame = new Uint8Array(appendFrameBytes(sliceOf(batch)));
  encodeAppendFrame(frame, 1, sliceOf(batch));
  expect(isStaleAt(wordsOf(decodeAppendFrame(frame).batches[0]!.values), 0)).toBe(true);
});

test("a frame that is cut short is a programmer error", () => {
  const batch = appendBatchOf({ known: [[1, 1000, 0]] });
  const frame = new Uint8Array(appendFrameBytes(sliceOf(batch)));
  encodeAppendFrame(frame, 1, sliceOf(batch));
  expect(() => decodeAppendFrame(frame.subarray(0, frame.length - 8))).toThrow(/append frame/);
});

test("histograms survive the way through a frame", () => {
  const rows = [1, 2, 3].map((i) => ({ series: i, timestampMs: 9, bits: bitsOf(i) }));
  const items = [24, 16].map((bytes) => new Uint8Array(bytes).fill(bytes));
  const batch = buildBatch(tenantId(3), 1, [
    rows[0]!,
    histogramRow(4, 10, items[0]!),
    rows[1]!,
    histogramRow(4, 11, items[1]!),
    rows[2]!,
  ]);
  expect(batch.histograms!.sampleIndex).toEqual(Uint32Array.of(1, 3));
  expect(batch.histograms!.bytes).toEqual(new Uint8Array(Buffer.concat(items)));
  const frame = new Uint8Array(appendFrameBytes(sliceOf(batch)));
  encodeAppendFrame(frame, 3, sliceOf(batch));
  const decoded = decodeAppendFrame(frame).batches[0]!;
  expect(wordsOf(decoded.values)).toEqual(wordsOf(batch.values));
  expect({ ...decoded, values: null }).toEqual({ ...batch, values: null });
});

test("exemplars and metadata survive the way through a frame", () => {
  for (const batch of [
    itemBatch([{ series: "a", timestampMs: 5 }], [{ metric: "a" }, { metric: "b", help: "B." }]),
    itemBatch([], [{ metric: "a" }]),
    itemBatch([{ series: "a", timestampMs: 5 }]),
  ]) {
    const frame = new Uint8Array(appendFrameBytes(sliceOf(batch)));
    encodeAppendFrame(frame, 3, sliceOf(batch));
    expect(decodeAppendFrame(frame)).toEqual({ token: 3, batches: [batch] });
  }
});
