import { fromBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { WriteRequestBuilder } from "#ingest/prometheus-remote-write/write-request-builder.ts";
import { labelsOf } from "#model/labels.ts";
import { wordsOf } from "#model/staleness.ts";
import { WriteRequestSchema } from "#proto/prometheus/remote_write_pb.ts";

test("series cut at any size are the same samples in the same order", () => {
  const ms = fc.oneof(fc.constantFrom(0, -1, 127, 128), fc.integer());
  const samples = fc.array(fc.tuple(ms, fc.double()), { minLength: 1, maxLength: 50 });
  const series = fc.array(
    fc.tuple(fc.string({ minLength: 1, maxLength: 15, unit: "binary" }), samples),
  );
  fc.assert(
    fc.property(series, fc.integer({ min: 200, max: 600 }), (list, bytesMax) => {
      const builder = new WriteRequestBuilder(bytesMax);
      const bodies: Uint8Array[] = [];
      for (const [value, own] of list) {
        const labels = labelsOf([["a", value]]);
        expect(builder.canHold(labels)).toBe(true);
        const valueWords = wordsOf(Float64Array.from(own, ([, number]) => number));
        const timestamps = Float64Array.from(own, ([time]) => time);
        for (let from = 0; from < own.length;) {
          from = builder.add(labels, { valueWords, timestamps, from, to: own.length });
          if (from < own.length) bodies.push(builder.take());
        }
      }
      bodies.push(builder.take());
      expect(bodies.every(({ length }) => length <= bytesMax)).toBe(true);
      const got = bodies.flatMap((body) => fromBinary(WriteRequestSchema, body).timeseries);
      expect(
        got.flatMap(({ labels, samples: own }) =>
          own.map(({ timestamp, value }) => [labels[0]?.value, Number(timestamp), value]),
        ),
      ).toEqual(list.flatMap(([text, own]) => own.map(([time, value]) => [text, time, value])));
    }),
  );
});

test("labels that leave no room for a sample are known beforehand", () => {
  const builder = new WriteRequestBuilder(300);
  expect(builder.canHold(labelsOf([["a", "x".repeat(200)]]))).toBe(true);
  expect(builder.canHold(labelsOf([["a", "x".repeat(300)]]))).toBe(false);
});
