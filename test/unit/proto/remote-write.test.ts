/** The public wire format, byte for byte: field numbers are what other programs rely on. */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { WriteRequestSchema } from "#proto/prometheus/remote_write_pb.ts";
import { HistogramSchema } from "#proto/prometheus/types_pb.ts";

test("a request with one sample has the bytes of the protocol", () => {
  const request = create(WriteRequestSchema, {
    timeseries: [
      {
        labels: [{ name: "__name__", value: "up" }],
        samples: [{ value: 1, timestamp: 1000n }],
      },
    ],
  });
  expect(toBinary(WriteRequestSchema, request).toHex()).toBe(
    // timeseries (1) { labels (1) { name (1), value (2) }, samples (2) { value (1), timestamp (2) } }
    `0a1e${"0a0e"}${"0a085f5f6e616d655f5f"}${"12027570"}${"120c"}${"09000000000000f03f"}${"10e807"}`,
  );
});

test("metadata is field 3", () => {
  const bytes = Uint8Array.fromHex(`1a09${"0801"}${"12027570"}${"220161"}`);
  const request = fromBinary(WriteRequestSchema, bytes);
  expect(request.metadata[0]).toMatchObject({ type: 1, metricFamilyName: "up", help: "a" });
});

test("a histogram keeps integer counts, spans and deltas apart", () => {
  const histogram = create(HistogramSchema, {
    count: { case: "countInt", value: 3n },
    schema: -1,
    positiveSpans: [{ offset: -2, length: 1 }],
    positiveDeltas: [3n],
    timestamp: 5n,
  });
  expect(toBinary(HistogramSchema, histogram).toHex()).toBe(
    `0803${"2001"}${"5a04"}${"0803"}${"1001"}${"620106"}${"7805"}`,
  );
});
