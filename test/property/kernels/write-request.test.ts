/**
 * The walk of a WriteRequest: legal messages in any encoding give what they mean, and wasm and twin
 * agree on everything, spoiled bytes and short columns included.
 * Covers: src/kernels/write-request.ts src/kernels/proto-field.ts
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { FUZZ_RUNS } from "./kernel-pair.ts";
import { spoiled, writeRequest } from "./proto-arbitraries.ts";
import { WalkPair } from "./walk-pair.ts";

const walk = new WalkPair();
const ROOM = { rows: 64, samples: 256, ranges: 64, scratch: 8192 };

test("a legal request gives the rows it means", () => {
  fc.assert(
    fc.property(writeRequest, (model) => {
      const result = walk.run(Uint8Array.from(model.bytes), ROOM);
      expect(result.code).toBe(0);
      const rows = model.series.map(({ labels, samples }) => ({
        labels: Buffer.from(labels).toString("hex"),
        times: samples.map(({ time }) => Number(time)),
        bits: samples.map(({ bits }) => bits),
      }));
      expect(result.rows).toEqual(rows);
      const metadata = model.metadata.map((bytes) => Buffer.from(bytes).toString("hex"));
      const ofRows = model.series.flatMap(({ ranges }, row) =>
        ranges.map(({ kind, payload }) => `${row} ${kind} ${Buffer.from(payload).toString("hex")}`),
      );
      const seen = result.ranges.map(({ row, kind, hex }) => `${row} ${kind} ${hex}`);
      expect(seen.filter((line) => !line.includes("metadata"))).toEqual(ofRows);
      expect(seen.filter((line) => line.includes("metadata"))).toEqual(
        metadata.map((hex) => `${0xffff_ffff} metadata ${hex}`),
      );
    }),
    { numRuns: FUZZ_RUNS },
  );
});

test("wasm and twin agree on spoiled requests", () => {
  let failures = 0;
  fc.assert(
    fc.property(spoiled(writeRequest.map(({ bytes }) => bytes)), (bytes) => {
      if (walk.run(Uint8Array.from(bytes), ROOM).code !== 0) failures++;
    }),
    { numRuns: 2 * FUZZ_RUNS },
  );
  expect(failures).toBeGreaterThan(FUZZ_RUNS / 4);
});

test("wasm and twin agree when the columns are short", () => {
  const room = fc.record({
    rows: fc.nat(4),
    samples: fc.nat(5),
    ranges: fc.nat(2),
    scratch: fc.nat(60),
    fields: fc.nat(6),
  });
  fc.assert(
    fc.property(writeRequest, room, ({ bytes }, short) => {
      walk.run(Uint8Array.from(bytes), short);
    }),
    { numRuns: FUZZ_RUNS },
  );
});

test("random bytes", () => {
  const tags = fc.constantFrom(
    0x0a,
    0x12,
    0x1a,
    0x22,
    0x08,
    0x09,
    0x10,
    0,
    1,
    2,
    9,
    16,
    0x80,
    0xff,
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(tags, fc.nat(255)), { maxLength: 60 }), (bytes) => {
      walk.run(Uint8Array.from(bytes), ROOM);
    }),
    { numRuns: FUZZ_RUNS },
  );
});
