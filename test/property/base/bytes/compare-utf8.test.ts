/** Ordering strings without encoding them, against comparing their encoded bytes. */
import { compareUtf8 } from "#base/bytes/compare-utf8.ts";
import fc from "fast-check";
import { expect, test } from "vitest";

test("compareUtf8 orders as the encoded bytes do", () => {
  const text = fc.string({ unit: "binary", maxLength: 4 });
  fc.assert(
    fc.property(text, text, (a, b) => {
      const want = Buffer.compare(Buffer.from(a), Buffer.from(b));
      expect(Math.sign(compareUtf8(a, b))).toBe(want);
    }),
    { numRuns: 2000 },
  );
});
