/** Round trips of the cursors, and the UTF-8 judge against the platform's strict decoder. */
import { ByteReader } from "#base/bytes/byte-reader.ts";
import { ByteWriter } from "#base/bytes/byte-writer.ts";
import { isUtf8 } from "#base/bytes/utf8.ts";
import fc from "fast-check";
import { expect, test } from "vitest";

/** Bytes at the borders of the ranges that UTF-8 tells apart. */
const UTF8_EDGES = Uint8Array.fromHex("41808f909fa0bfc0c1c2dfe0e1ecedeeeff0f1f3f4f5ff");

test("any integer survives each width it fits", () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (n, big) => {
      const output = new ByteWriter({ bytesMax: 1024, initialBytes: 1 });
      const half = Math.trunc(n / 2);
      output.i64(n);
      output.u64(Math.abs(n));
      output.varint(Math.abs(n));
      output.signedVarint(half);
      output.u64Bits(big);
      const input = new ByteReader(output.written());
      expect(input.i64() - n).toBe(0);
      expect(input.u64()).toBe(Math.abs(n));
      expect(input.varint()).toBe(Math.abs(n));
      expect(input.signedVarint() - half).toBe(0);
      expect(input.u64Bits()).toBe(big);
      input.checkEnd("round trip");
    }),
  );
});

test("reading random bytes never throws and never leaves the range", () => {
  const reads = fc.array(fc.nat(7), { maxLength: 30 });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), reads, (bytes, steps) => {
      const input = new ByteReader(bytes);
      for (const step of steps) {
        const before = input.offset;
        if (step === 0) input.u8();
        else if (step === 1) input.u16();
        else if (step === 2) input.u32();
        else if (step === 3) input.u64();
        else if (step === 4) input.i64();
        else if (step === 5) input.varint();
        else if (step === 6) input.u64Bits();
        else input.bytes(input.u8());
        expect(input.offset).toBeGreaterThanOrEqual(before);
        expect(input.offset).toBeLessThanOrEqual(bytes.length);
      }
    }),
  );
});

test("isUtf8 agrees with the strict decoder", () => {
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const edges = fc.constantFrom(...UTF8_EDGES);
  fc.assert(
    fc.property(fc.array(edges, { maxLength: 6 }), (list) => {
      const bytes = Uint8Array.from(list);
      let valid = true;
      try {
        strict.decode(bytes);
      } catch {
        valid = false;
      }
      expect(isUtf8(bytes)).toBe(valid);
    }),
    { numRuns: 5000 },
  );
});
