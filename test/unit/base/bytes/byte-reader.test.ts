import { ByteReader } from "#base/bytes/byte-reader.ts";
import { BYTES_MALFORMED } from "#base/bytes/bytes-errors.ts";
import { isErrorOf } from "#base/engine-error.ts";
import { expect, test } from "vitest";

function reader(hex: string): ByteReader {
  return new ByteReader(Uint8Array.fromHex(hex));
}

test("reads little-endian integers in order", () => {
  const input = reader("01" + "0203" + "04050607" + "0100000002000000" + "feffffffffffffff");
  expect(input.u8()).toBe(1);
  expect(input.u16()).toBe(0x0302);
  expect(input.u32()).toBe(0x0706_0504);
  expect(input.u64()).toBe(2 * 2 ** 32 + 1);
  expect(input.i64()).toBe(-2);
  input.checkEnd("test record");
});

test("reads floats, and fails at a short one", () => {
  const input = reader("000000000000f83f" + "0000000000000080" + "00000000000000");
  expect(input.f64()).toBe(1.5);
  expect(input.f64()).toBe(-0);
  expect(input.f64()).toBe(0);
  expect(input.failure).toBe("f64: got 7 bytes, want 8");
});

test("reads all 64 bits as a bigint", () => {
  expect(reader("ffffffffffffffff").u64Bits()).toBe(2n ** 64n - 1n);
});

test("a u64 above 2^53 - 1 is a failure, not a rounded number", () => {
  expect(reader("ffffffffffff1f00").u64()).toBe(Number.MAX_SAFE_INTEGER);
  const input = reader("0000000000002000");
  expect(input.u64()).toBe(0);
  expect(input.failure).toBe("u64 above 2^53 - 1");
});

test("an i64 beyond 53 bits is a failure", () => {
  expect(reader("010000000000e0ff").i64()).toBe(Number.MIN_SAFE_INTEGER);
  const input = reader("000000000000e0ff");
  input.i64();
  expect(input.ok).toBe(false);
});

test.each([
  ["00", 0],
  ["7f", 127],
  ["ac02", 300],
  ["ffffffffffffff0f", Number.MAX_SAFE_INTEGER],
  ["81808080808080808000", 1],
])("varint %s is %d", (hex, value) => {
  const input = reader(hex);
  expect(input.varint()).toBe(value);
  input.checkEnd("varint");
});

test.each([
  ["80", "varint cut short after 1 bytes"],
  ["", "varint cut short after 0 bytes"],
  ["ffffffffffffff10", "varint above 2^53 - 1"],
  ["8080808080808080808000", "varint above 10 bytes"],
  ["ffffffffffffffffff01", "varint above 2^53 - 1"],
])("varint %s fails: %s", (hex, failure) => {
  const input = reader(hex);
  expect(input.varint()).toBe(0);
  expect(input.failure).toBe(failure);
});

test("signed varints", () => {
  const input = reader("000102feffffffffffff0f");
  expect([input.signedVarint(), input.signedVarint(), input.signedVarint()]).toEqual([0, -1, 1]);
  expect(input.signedVarint()).toBe(2 ** 52 - 1);
});

test("the first failure sticks and nothing moves after it", () => {
  const input = reader("0102");
  input.u8();
  expect(input.u32()).toBe(0);
  expect(input.u8()).toBe(0);
  expect(input.bytes(1)).toHaveLength(0);
  expect(input.remaining).toBe(0);
  expect(input.offset).toBe(1);
  expect(input.failure).toBe("u32: got 1 bytes, want 4");
});

test("check throws the failure with what was decoded and where", () => {
  const input = reader("01");
  input.u32();
  let thrown: unknown;
  try {
    input.check("segment header");
  } catch (error) {
    thrown = error;
  }
  expect(isErrorOf(thrown, BYTES_MALFORMED)).toBe(true);
  expect((thrown as Error).message).toBe(
    "cannot decode segment header: u32: got 1 bytes, want 4 at byte 0",
  );
});

test("checkEnd refuses left-over bytes", () => {
  const input = reader("0102");
  input.u8();
  expect(() => input.checkEnd("pair")).toThrow("got 1 bytes more, want the end");
});

test("bytes are a view, and never reach past the range", () => {
  const all = Uint8Array.of(9, 1, 2, 3, 9);
  const input = new ByteReader(all, 1, 4);
  const view = input.bytes(2);
  all[1] = 7;
  expect([...view]).toEqual([7, 2]);
  expect(input.bytes(2)).toHaveLength(0);
  expect(input.ok).toBe(false);
});

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])("a count of %d is a failure", (count) => {
  const input = reader("010203");
  input.skip(count);
  expect(input.ok).toBe(false);
});

test("a caller's own finding sticks too", () => {
  const input = reader("01");
  input.fail("type: got 9, want 1..4");
  input.fail("later");
  expect(() => input.check("record")).toThrow("type: got 9, want 1..4");
});
