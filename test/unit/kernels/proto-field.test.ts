import {
  PROTO_FIELD_NUMBER,
  PROTO_GROUP,
  PROTO_TRUNCATED,
  PROTO_VARINT,
  PROTO_WIRE_TYPE,
} from "#kernels/layout/kernel-codes.ts";
import { ProtoField } from "#kernels/proto-field.ts";
import { expect, test } from "vitest";

function read(hex: string): ProtoField & { code: number } {
  const field = new ProtoField();
  const bytes = Uint8Array.fromHex(hex);
  return Object.assign(field, { code: field.read(bytes, 0, bytes.length) });
}

test.each([
  ["a varint", "08ac02", { number: 1, wire: 0, body: 1, end: 3, low: 300, high: 0 }],
  ["eight bytes", "090102030405060708", { number: 1, wire: 1, body: 1, end: 9 }],
  ["four bytes", "0d01020304", { number: 1, wire: 5, body: 1, end: 5 }],
  ["bytes", "1203616263", { number: 2, wire: 2, body: 2, end: 5 }],
  ["an over-long tag", "928000" + "00", { number: 2, wire: 2, body: 4, end: 4 }],
  ["an over-long length", "12818000ff", { number: 2, wire: 2, body: 4, end: 5 }],
  ["the highest field number", "fdffffff0f00000000", { number: 536_870_911, wire: 5 }],
])("reads %s", (_, hex, want) => {
  expect(read(hex)).toMatchObject({ code: 0, ...want });
});

test("a varint keeps all 64 bits", () => {
  const minusOne = read("08ffffffffffffffffff01");
  expect(minusOne.signed()).toBe(-1);
  const least = read("0880808080808080808001");
  expect(least.signed()).toBe(-(2 ** 63));
  expect(read("0880a0d28dee3f").signed()).toBe(slowly([0x80, 0xa0, 0xd2, 0x8d, 0xee, 0x3f]));
});

function slowly(bytes: readonly number[]): number {
  return bytes.reduce((sum, byte, i) => sum + (byte & 127) * 128 ** i, 0);
}

test.each([
  ["nothing", "", PROTO_TRUNCATED],
  ["a cut tag", "80", PROTO_TRUNCATED],
  ["a cut varint", "0880", PROTO_TRUNCATED],
  ["seven of eight bytes", "0901020304050607", PROTO_TRUNCATED],
  ["three of four bytes", "0d010203", PROTO_TRUNCATED],
  ["bytes past the end", "12046162", PROTO_TRUNCATED],
  ["a length of 2^64 - 1", "12ffffffffffffffffff01", PROTO_TRUNCATED],
  ["a varint of 11 bytes", "088080808080808080808001", PROTO_VARINT],
  ["a varint of 65 bits", "08ffffffffffffffffff02", PROTO_VARINT],
  ["field 0", "0000", PROTO_FIELD_NUMBER],
  ["a field above 2^29 - 1", "8080808010" + "00", PROTO_FIELD_NUMBER],
  ["a group", "0b0c", PROTO_GROUP],
  ["the end of a group", "0c", PROTO_GROUP],
  ["wire type 6", "0e", PROTO_WIRE_TYPE],
  ["wire type 7", "0f", PROTO_WIRE_TYPE],
])("refuses %s", (_, hex, code) => {
  expect(read(hex).code).toBe(code);
});
