import { fromBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import {
  encodeWriteRequest,
  type SampleColumns,
} from "#ingest/prometheus-remote-write/remote-write-encoder.ts";
import { labelsOf, METRIC_NAME } from "#model/labels.ts";
import { writeStaleAt } from "#model/staleness.ts";
import { WriteRequestSchema } from "#proto/prometheus/remote_write_pb.ts";

const MIB = 1024 * 1024;

function columns(rows: readonly (readonly [string, number, number])[]): SampleColumns {
  return {
    labels: rows.map(([name]) =>
      labelsOf([
        [METRIC_NAME, name],
        ["é", "\u{1f600}".repeat(40)],
      ]),
    ),
    values: Float64Array.from(rows, ([, value]) => value),
    timestamps: Float64Array.from(rows, ([, , timestamp]) => timestamp),
  };
}

test("a stranger's decoder reads what was meant", () => {
  const rows = [
    ["a", 1.5, 1_700_000_000_123],
    ["b", -0, 0],
    ["c", Number.NaN, -1],
    ["d", Infinity, -(2 ** 52)],
    ["e", 5e-324, 2 ** 52 - 1],
  ] as const;
  const request = fromBinary(WriteRequestSchema, encodeWriteRequest(columns(rows), MIB));
  const got = request.timeseries.map(({ labels, samples }) => {
    expect(labels.map(({ name, value }) => [name, value])).toEqual([
      [METRIC_NAME, expect.any(String)],
      ["é", "\u{1f600}".repeat(40)],
    ]);
    return [labels[0]?.value, samples[0]?.value, Number(samples[0]?.timestamp)];
  });
  expect(got).toEqual(rows);
});

test("a stale marker keeps its bits", () => {
  const given = columns([["a", 0, 1]]);
  writeStaleAt(given.values, 0);
  const hex = Buffer.from(encodeWriteRequest(given, MIB)).toString("hex");
  expect(hex).toContain("09" + "02000000" + "0000f07f");
});

test("a body over the limit is refused", () => {
  expect(() => encodeWriteRequest(columns([["a", 1, 1]]), 50)).toThrow("cannot write bytes");
});

test("nothing is an empty body", () => {
  expect(encodeWriteRequest(columns([]), MIB)).toHaveLength(0);
});

test("metadata comes behind the series, as far as there is room", () => {
  const metadata = [
    { metric: "a_total", type: 1, help: "Größe." },
    { metric: "b", type: 0, help: "x".repeat(500) },
    { metric: "c", type: 7, help: "" },
  ];
  const given = { ...columns([["a_total", 1, 2]]), metadata };
  for (const [bytesMax, kept] of [
    [MIB, metadata],
    [400, [metadata[0], metadata[2]]],
  ] as const) {
    const request = fromBinary(WriteRequestSchema, encodeWriteRequest(given, bytesMax));
    expect(request.timeseries).toHaveLength(1);
    const got = request.metadata.map(({ metricFamilyName, type, help }) => {
      return { metric: metricFamilyName, type, help };
    });
    expect(got).toEqual(kept);
  }
});
