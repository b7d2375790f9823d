import { ByteReader } from "#base/bytes/byte-reader.ts";
import { ByteWriter } from "#base/bytes/byte-writer.ts";
import { expect, test } from "vitest";

test("what is written is read back", () => {
  const output = new ByteWriter({ bytesMax: 1024, initialBytes: 1 });
  output.u8(255);
  output.u16(65_535);
  output.u32(0xffff_fffe);
  output.u64(Number.MAX_SAFE_INTEGER);
  output.i64(-1);
  output.i64(Number.MIN_SAFE_INTEGER);
  output.u64Bits(2n ** 64n - 3n);
  output.varint(300);
  output.signedVarint(-(2 ** 52));
  output.bytes(Uint8Array.of(1, 2, 3));
  const input = new ByteReader(output.written());
  expect(input.u8()).toBe(255);
  expect(input.u16()).toBe(65_535);
  expect(input.u32()).toBe(0xffff_fffe);
  expect(input.u64()).toBe(Number.MAX_SAFE_INTEGER);
  expect(input.i64()).toBe(-1);
  expect(input.i64()).toBe(Number.MIN_SAFE_INTEGER);
  expect(input.u64Bits()).toBe(2n ** 64n - 3n);
  expect(input.varint()).toBe(300);
  expect(input.signedVarint()).toBe(-(2 ** 52));
  expect([...input.bytes(3)]).toEqual([1, 2, 3]);
  input.checkEnd("round trip");
});

test("grows up to the limit and not past it", () => {
  const output = new ByteWriter({ bytesMax: 10, initialBytes: 2 });
  output.bytes(new Uint8Array(9));
  expect(() => output.u16(1)).toThrow("cannot write bytes: got 11, want at most 10");
  output.u8(7);
  expect(output.written().toHex()).toBe("00000000000000000007");
});

test("align pads with zeros, also over bytes of a former use", () => {
  const output = new ByteWriter({ bytesMax: 64 });
  output.bytes(new Uint8Array(16).fill(0xff));
  output.reset();
  output.u8(1);
  output.align(8);
  output.align(8);
  expect(output.written().toHex()).toBe("0100000000000000");
});

test("floats keep their bits, but every NaN is the same", () => {
  const output = new ByteWriter({ bytesMax: 64 });
  const odd = new Float64Array(new Uint32Array([5, 0xfff9_0000]).buffer);
  for (const value of [1.5, -0, odd[0]!]) output.f64(value);
  expect(output.written().toHex()).toBe(
    "000000000000f83f" + "0000000000000080" + "000000000000f87f",
  );
});

test("a skipped word is patched later", () => {
  const output = new ByteWriter({ bytesMax: 64 });
  const at = output.skip(4);
  output.u8(9);
  output.patchU32(at, 0x0403_0201);
  expect(output.written().toHex()).toBe("0102030409");
  expect(() => output.patchU32(2, 0)).toThrow("patch");
});

test("take copies and empties", () => {
  const output = new ByteWriter({ bytesMax: 64 });
  output.u8(1);
  const taken = output.take();
  output.u8(2);
  expect([...taken]).toEqual([1]);
  expect([...output.written()]).toEqual([2]);
});

test.each([-1, 1.5, 2 ** 53])("u64 refuses %d", (value) => {
  expect(() => new ByteWriter({ bytesMax: 64 }).u64(value)).toThrow("u64: got");
});
