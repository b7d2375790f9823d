import {
  SNAPPY_COPY_OFFSET,
  SNAPPY_COPY_OVERRUN,
  SNAPPY_HEADER,
  SNAPPY_LITERAL_CUT,
  SNAPPY_LITERAL_OVERRUN,
  SNAPPY_SHORT,
  SNAPPY_TAG_CUT,
  SNAPPY_TOO_LARGE,
} from "#kernels/layout/kernel-codes.ts";
import { snappyDeclaredBytes } from "#kernels/snappy.ts";
import { expect, test } from "vitest";
import { bothKernels } from "./both-kernels.ts";

/** Decodes in both kernels; the text, or the code on which they agree. */
function decode(hex: string, room: number = 4096): string | number {
  const block = Uint8Array.fromHex(hex);
  const results = bothKernels().map(({ memory, calls }) => {
    const source = memory.allocate("source", block.length).offset;
    const target = memory.allocate("target", 4096).offset;
    memory.views().u8.set(block, source);
    const count = calls.snappyDecode(source, block.length, target, room);
    const { u8 } = memory.views();
    return count < 0 ? count : new TextDecoder().decode(u8.subarray(target, target + count));
  });
  expect(results[1]).toBe(results[0]);
  return results[0]!;
}

test("literals", () => {
  expect(decode("00")).toBe("");
  expect(decode("0308616263")).toBe("abc");
  expect(decode("03f002616263")).toBe("abc");
});

test("a copy may read what it writes", () => {
  // Literal "ab", then 8 bytes from 2 back.
  expect(decode("0a046162" + "1102")).toBe("ababababab");
  expect(decode("0a046162" + "1e0200")).toBe("ababababab");
  expect(decode("0a046162" + "1f02000000")).toBe("ababababab");
});

test.each([
  ["no header", "", SNAPPY_HEADER],
  ["a header without end", "80", SNAPPY_HEADER],
  ["a header above 2^32 - 1", "ffffffff1f", SNAPPY_HEADER],
  ["a header of six bytes", "808080808000", SNAPPY_HEADER],
  ["a claim of 4 GiB", "ffffffff0f", SNAPPY_TOO_LARGE],
  ["a claim of 2 GiB", "8080808008", SNAPPY_TOO_LARGE],
  ["a literal length cut short", "05f4", SNAPPY_TAG_CUT],
  ["a copy cut short", "05046162" + "1e02", SNAPPY_TAG_CUT],
  ["a literal cut short", "05106162", SNAPPY_LITERAL_CUT],
  ["a literal of 4 GiB", "05fcffffffff61", SNAPPY_LITERAL_CUT],
  ["a literal past the end", "0108616263", SNAPPY_LITERAL_OVERRUN],
  ["a copy from before the start", "0a046162" + "1103", SNAPPY_COPY_OFFSET],
  ["a copy from its own place", "0a046162" + "1100", SNAPPY_COPY_OFFSET],
  ["a copy past the end", "09046162" + "1102", SNAPPY_COPY_OVERRUN],
  ["less than announced", "04" + "08616263", SNAPPY_SHORT],
])("refuses %s", (_, hex, code) => {
  expect(decode(hex)).toBe(code);
});

test("2 GiB and more is too large whatever the caller's room", () => {
  expect(decode("8080808008", 0xffff_ffff)).toBe(SNAPPY_TOO_LARGE);
});

test("the announced size is read without decoding", () => {
  expect(snappyDeclaredBytes(Uint8Array.fromHex("ffffffff0f"))).toBe(0xffff_ffff);
  expect(snappyDeclaredBytes(Uint8Array.fromHex("ac0200"))).toBe(300);
  expect(snappyDeclaredBytes(Uint8Array.fromHex("00ac02"), 1)).toBe(300);
  expect(snappyDeclaredBytes(Uint8Array.fromHex("ac"), 0, 1)).toBe(SNAPPY_HEADER);
});
