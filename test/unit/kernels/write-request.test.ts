/** The walk by example, in both kernels; the meaning of every code and every offset. */
import {
  PROTO_FIELD_NUMBER,
  PROTO_FIELD_TYPE,
  PROTO_GROUP,
  PROTO_TRUNCATED,
  PROTO_VARINT,
  PROTO_WIRE_TYPE,
  WALK_FIELDS_FULL,
  WALK_RANGES_FULL,
  WALK_ROWS_FULL,
  WALK_SAMPLES_FULL,
  WALK_SCRATCH_FULL,
} from "#kernels/layout/kernel-codes.ts";
import { expect, test } from "vitest";
import { walkBoth } from "./walk-both.ts";

/** {a="b"} and {c="d"} as label fields. */
const A = "0a06" + "0a0161" + "120162";
const C = "0a06" + "0a0163" + "120164";
/** 1.0 at 1,700,000,000,000 ms, as every sender writes it. */
const SAMPLE = "1210" + "09000000000000f03f" + "1080d095ffbc31";
const ONE = 0x3ff0_0000_0000_0000n;
const TIME = 1_700_000_000_000;

function message(number: number, ...parts: readonly string[]): string {
  const body = parts.join("");
  const length = body.length / 2;
  const size = length < 128 ? [length] : [(length & 127) | 128, length >> 7];
  return Uint8Array.from([number * 8 + 2, ...size]).toHex() + body;
}

test("an empty request has no rows", () => {
  expect(walkBoth("")).toMatchObject({ code: 0, rows: [] });
});

test("labels then samples", () => {
  const request = message(1, A, C, SAMPLE, SAMPLE) + message(1, C) + message(1);
  expect(walkBoth(request).rows).toEqual([
    { labels: A + C, times: [TIME, TIME], bits: [ONE, ONE] },
    { labels: C, times: [], bits: [] },
    { labels: "", times: [], bits: [] },
  ]);
});

test("labels around samples are put together in their order", () => {
  const request = message(1, A, SAMPLE, C) + message(1, SAMPLE, A, C) + message(1, A, "4801", C);
  const result = walkBoth(request);
  expect(result.rows.map(({ labels }) => labels)).toEqual([A + C, A + C, A + C]);
  expect(result.rows.map(({ times }) => times.length)).toEqual([1, 1, 0]);
});

test("missing parts of a sample are 0, and the last of two counts", () => {
  const only = (body: string): string => message(1, A, message(2, body));
  const request =
    only("") +
    only("09000000000000f03f") +
    only("1080d095ffbc31") +
    only("1001" + "1080d095ffbc31" + "09ffffffffffffffff" + "09000000000000f03f");
  expect(walkBoth(request).rows.map(({ times, bits }) => [times[0], bits[0]])).toEqual([
    [0, 0n],
    [0, ONE],
    [TIME, 0n],
    [TIME, ONE],
  ]);
});

test.each([
  ["StaleNaN", "020000000000f07f", 0x7ff0_0000_0000_0002n],
  ["a signalling NaN with payload", "efbeaddeeffef4ff", 0xfff4_feef_dead_beefn],
  ["minus zero", "0000000000000080", 1n << 63n],
])("the bits of %s survive", (_, hex, bits) => {
  const usual = "1210" + "09" + hex + "1080d095ffbc31";
  const swapped = message(2, "1080d095ffbc31" + "09" + hex);
  const { rows } = walkBoth(message(1, A, usual, swapped));
  expect(rows[0]!.bits).toEqual([bits, bits]);
});

test.each([
  ["00", 0],
  ["01", 1],
  ["ffffffffffffffffff01", -1],
  ["80808080808080808001", -(2 ** 63)],
  ["ffffffffffffffff7f", 2 ** 63],
  ["818080808000", 1],
  ["ffffffffff7f", 2 ** 42 - 1],
  ["80808080808001", 2 ** 42],
])("timestamp %s is %d", (varint, time) => {
  const { rows } = walkBoth(message(1, message(2, "09000000000000f03f" + "10" + varint)));
  expect(rows[0]!.times).toEqual([time]);
});

test("exemplars, histograms and metadata are ranges", () => {
  const request =
    message(3, "aabb") + message(1, A, message(4, "cc")) + message(1, message(3, ""), SAMPLE);
  expect(walkBoth(request).ranges).toEqual([
    { kind: 1, row: 0xffff_ffff, hex: "aabb" },
    { kind: 3, row: 0, hex: "cc" },
    { kind: 2, row: 1, hex: "" },
  ]);
});

test("unknown fields are skipped everywhere", () => {
  const unknown = "4801" + "490102030405060708" + "4a03616263" + "4d01020304";
  const sample = message(2, unknown, "09000000000000f03f", unknown, "1080d095ffbc31");
  const request = unknown + message(1, unknown, A, unknown, sample) + unknown;
  expect(walkBoth(request).rows).toEqual([{ labels: A, times: [TIME], bits: [ONE] }]);
});

test("over-long tags and lengths are legal", () => {
  const request = "8a8000" + "8e808000" + "8a00" + "8600" + A.slice(4) + "9280808000" + "00";
  const { code, rows } = walkBoth(request);
  expect(code).toBe(PROTO_TRUNCATED);
  expect(rows).toEqual([]);
  const body = "8a00" + "8600" + A.slice(4) + "928000" + "00";
  const size = (body.length / 2).toString(16).padStart(2, "0");
  expect(walkBoth("8a8000" + size + body).rows).toEqual([
    { labels: "8a00" + "8600" + A.slice(4), times: [0], bits: [0n] },
  ]);
});

/** Codes and the offset of the tag of the field at fault. */
test.each([
  ["a cut tag", "80", PROTO_TRUNCATED, 0],
  ["a cut length", message(1, A) + "0a", PROTO_TRUNCATED, 10],
  ["a series past the end", "0a0a" + A, PROTO_TRUNCATED, 0],
  ["a long series past the end", "0a8a01" + A, PROTO_TRUNCATED, 0],
  ["a label past its series", message(1, A, "0a0761"), PROTO_TRUNCATED, 10],
  ["a sample past its series", message(1, A, "121009"), PROTO_TRUNCATED, 10],
  ["a value past its sample", message(1, message(2, "0900")), PROTO_TRUNCATED, 4],
  ["a timestamp past its sample", message(1, message(2, "1080")), PROTO_TRUNCATED, 4],
  ["a varint of 11 bytes", "4880808080808080808080" + "01", PROTO_VARINT, 0],
  ["a varint of 65 bits", "48ffffffffffffffffff02", PROTO_VARINT, 0],
  ["a length of 2^64 - 1", "4affffffffffffffffff01", PROTO_TRUNCATED, 0],
  ["field 0", message(1, A) + "0200", PROTO_FIELD_NUMBER, 10],
  ["a field above 2^29 - 1", "808080801000", PROTO_FIELD_NUMBER, 0],
  ["a group", message(1, A, "4b4c"), PROTO_GROUP, 10],
  ["the end of a group", "4c", PROTO_GROUP, 0],
  ["wire type 6", "4e", PROTO_WIRE_TYPE, 0],
  ["wire type 7", message(1, message(2, "4f")), PROTO_WIRE_TYPE, 4],
  ["a series that is a number", "0801", PROTO_FIELD_TYPE, 0],
  ["metadata that is a number", "1801", PROTO_FIELD_TYPE, 0],
  ["a label that is a number", message(1, "0801"), PROTO_FIELD_TYPE, 2],
  ["a sample that is a number", message(1, "1001"), PROTO_FIELD_TYPE, 2],
  ["a value that is a varint", message(1, message(2, "0801")), PROTO_FIELD_TYPE, 4],
  ["a timestamp of eight bytes", message(1, message(2, "110000000000000000")), PROTO_FIELD_TYPE, 4],
])("refuses %s", (_, request, code, faultOffset) => {
  expect(walkBoth(request)).toMatchObject({ code, faultOffset });
});

test.each([
  ["rows", { rows: 1 }, message(1, A) + message(1, A), WALK_ROWS_FULL, 10],
  ["samples", { samples: 1 }, message(1, SAMPLE, SAMPLE), WALK_SAMPLES_FULL, 20],
  ["ranges", { ranges: 0 }, message(3, "aa"), WALK_RANGES_FULL, 0],
  ["scratch", { scratch: 15 }, message(1, A, SAMPLE, C), WALK_SCRATCH_FULL, 28],
  ["fields", { fields: 1 }, "4801" + "4801", WALK_FIELDS_FULL, 2],
  ["fields", { fields: 0 }, message(3, "aa"), WALK_FIELDS_FULL, 0],
  ["fields", { fields: 0 }, message(1, A, SAMPLE, C, "4801"), WALK_FIELDS_FULL, 36],
  ["fields", { fields: 0 }, message(1, A, message(1, "0a0161")), WALK_FIELDS_FULL, 10],
  ["fields", { fields: 0 }, message(1, "8a00" + A.slice(2)), WALK_FIELDS_FULL, 2],
  ["fields", { fields: 0 }, message(1, "0a8600" + A.slice(4)), WALK_FIELDS_FULL, 2],
  ["fields", { fields: 0 }, message(1, message(2, "1001", "1001", "1001")), WALK_FIELDS_FULL, 8],
])("stops when the %s are full", (_, room, request, code, faultOffset) => {
  expect(walkBoth(request, room)).toMatchObject({ code, faultOffset });
});

test("what came before the fault stays readable", () => {
  const { rows } = walkBoth(message(1, A, SAMPLE) + "0b");
  expect(rows).toEqual([{ labels: A, times: [TIME], bits: [ONE] }]);
});
