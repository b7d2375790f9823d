/** Covers: src/cli/script/histogram-bytes.ts, src/cli/script/proto-bytes.ts */
import { fromBinary } from "@bufbuild/protobuf";
import snappy from "snappy";
import { expect, test } from "vitest";
import { writeBody } from "#cli/script/write-body.ts";
import { writeRounds } from "#cli/script/write-rounds.ts";
import type { FloatHistogram } from "#model/float-histogram.ts";
import { labelsOf } from "#model/labels.ts";
import { WriteRequestSchema } from "#proto/prometheus/remote_write_pb.ts";
import { Histogram_ResetHint } from "#proto/prometheus/types_pb.ts";
import { encodeWriteRequest } from "#test/support/remote-write-body.ts";

test("bodies are what an encoder written apart gives, in a frame that snappy reads", () => {
  const pairs = [
    ["__name__", "a"],
    ["é", "x".repeat(300)],
  ] as const;
  const samples = Array.from({ length: 9000 }, (_, at) => ({
    timeMs: at * 1000 - 5000,
    startMs: 0,
    value: at === 3 ? -0 : at === 4 ? Number.POSITIVE_INFINITY : at / 3,
  }));
  const body = writeBody([{ labels: labelsOf(pairs), samples }]);
  const plain = snappy.uncompressSync(Buffer.from(body)) as Buffer;
  const wanted = samples.map(({ timeMs, value }) => [timeMs, value] as const);
  const want = encodeWriteRequest([{ labels: pairs, samples: wanted }]);
  expect(Buffer.compare(plain, Buffer.from(want))).toBe(0);
});

test("a stale marker keeps its bits", () => {
  const labels = labelsOf([["__name__", "a"]]);
  const body = writeBody([{ labels, samples: [{ timeMs: 0, startMs: 0, value: "stale" }] }]);
  expect(Buffer.from(body).toString("hex")).toContain("020000000000f07f");
});

test("floats and histograms of a series go in order of time, in a body for each run of them", () => {
  const histogram: FloatHistogram = {
    schema: -53,
    counterResetHint: "not_reset",
    count: 3.5,
    sum: -7,
    stale: false,
    zeroThreshold: 0.25,
    zeroCount: 0.5,
    positiveSpans: [
      { offset: 0, length: 1 },
      { offset: 1, length: 1 },
    ],
    positiveBuckets: Float64Array.of(1, 2),
    negativeSpans: [{ offset: -3, length: 1 }],
    negativeBuckets: Float64Array.of(0.5),
    customValues: Float64Array.of(-1, 0, 5),
  };
  const labels = labelsOf([["__name__", "a"]]);
  const values = [1, histogram, { ...histogram, sum: 8 }, "stale"] as const;
  const samples = values.map((value, i) => ({ timeMs: i - 1, startMs: 0, value }));
  const timeseries = writeRounds([{ labels, samples }]).flatMap((round) => {
    const plain = snappy.uncompressSync(Buffer.from(writeBody(round))) as Buffer;
    return fromBinary(WriteRequestSchema, plain).timeseries;
  });
  expect(timeseries.map((one) => [one.samples.length, one.histograms.length])).toEqual([
    [1, 0],
    [0, 2],
    [1, 0],
  ]);
  expect(timeseries[1]!.histograms[0]).toMatchObject({
    count: { case: "countFloat", value: 3.5 },
    sum: -7,
    schema: -53,
    zeroThreshold: 0.25,
    zeroCount: { case: "zeroCountFloat", value: 0.5 },
    negativeSpans: [{ offset: -3, length: 1 }],
    negativeCounts: [0.5],
    positiveSpans: [
      { offset: 0, length: 1 },
      { offset: 1, length: 1 },
    ],
    positiveCounts: [1, 2],
    resetHint: Histogram_ResetHint.NO,
    timestamp: 0n,
    customValues: [-1, 0, 5],
  });
  expect(timeseries[1]!.histograms[1]).toMatchObject({ sum: 8, timestamp: 1n });
});
