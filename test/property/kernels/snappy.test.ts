/**
 * Snappy: wasm against its twin on spoiled blocks, and both against the npm package on good ones.
 * Covers: src/kernels/snappy.ts
 */
import { SNAPPY_TOO_LARGE } from "#kernels/layout/kernel-codes.ts";
import { snappyDeclaredBytes } from "#kernels/snappy.ts";
import fc from "fast-check";
import { compressSync } from "snappy";
import { expect, test } from "vitest";
import { FUZZ_RUNS, KernelPair } from "./kernel-pair.ts";
import { spoiled, varint } from "./proto-arbitraries.ts";

const pair = new KernelPair();
const source = pair.region("source", 70_000);
const target = pair.region("target", 70_000);

function decode(block: Uint8Array, targetBytes: number): number {
  pair.write(source.offset, block);
  return pair.call((calls) =>
    calls.snappyDecode(source.offset, block.length, target.offset, targetBytes),
  );
}

/** Text that repeats at many distances, so that copies of every kind and overlap occur. */
const compressible = fc
  .array(
    fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 60 })),
    { maxLength: 30 },
  )
  .chain((pieces) =>
    fc.array(fc.nat(), { maxLength: 60 }).map((order) => {
      if (pieces.length === 0) return new Uint8Array();
      const chosen = order.map((at) => pieces[at % pieces.length]!);
      return Uint8Array.from(
        chosen.flatMap(([bytes, times]) => Array.from({ length: times }, () => [...bytes]).flat()),
      );
    }),
  );
const random = fc.uint8Array({ maxLength: 300 });

test("what snappy compressed comes back", () => {
  fc.assert(
    fc.property(fc.oneof(compressible, random), (text) => {
      const block = compressSync(Buffer.from(text));
      expect(snappyDeclaredBytes(block)).toBe(text.length);
      expect(decode(block, target.bytes)).toBe(text.length);
      expect(Buffer.compare(pair.bytes(target.offset, text.length), text)).toBe(0);
      pair.expectSame(target.offset, text.length);
      pair.expectCanaries(target);
      // Exactly enough room is enough, one byte less is not.
      expect(decode(block, text.length)).toBe(text.length);
      if (text.length > 0) expect(decode(block, text.length - 1)).toBe(SNAPPY_TOO_LARGE);
    }),
    { numRuns: FUZZ_RUNS },
  );
});

interface Element {
  readonly bytes: readonly number[];
  readonly length: number;
}

/** Elements as an encoder might never write them: any length form, any offset. */
const literal: fc.Arbitrary<Element> = fc
  .tuple(fc.uint8Array({ minLength: 1, maxLength: 90 }), fc.integer({ min: 0, max: 4 }))
  .map(([bytes, extra]) => {
    const least = bytes.length > 60 ? 1 : 0;
    const count = Math.max(extra, least);
    const size = Array.from({ length: count }, (_, i) => ((bytes.length - 1) / 2 ** (8 * i)) & 255);
    const tag = count === 0 ? (bytes.length - 1) << 2 : (59 + count) << 2;
    return { bytes: [tag, ...size, ...bytes], length: bytes.length };
  });
const copy: fc.Arbitrary<Element> = fc
  .record({
    kind: fc.constantFrom(1, 2, 3),
    length: fc.integer({ min: 1, max: 64 }),
    offset: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.nat(300), fc.nat(0xffff_ffff)),
  })
  .map(({ kind, length, offset }) => {
    const word = [offset & 255, (offset >>> 8) & 255, (offset >>> 16) & 255, offset >>> 24];
    if (kind === 1) {
      const short = 4 + (length & 7);
      const tag = 1 | ((short - 4) << 2) | (((offset >>> 8) & 7) << 5);
      return { bytes: [tag, offset & 255], length: short };
    }
    return { bytes: [kind | ((length - 1) << 2), ...word.slice(0, kind === 2 ? 2 : 4)], length };
  });
const block = fc
  .tuple(
    fc.array(fc.oneof(literal, copy), { maxLength: 12 }),
    fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.integer({ min: -70, max: 70 })),
  )
  .map(([elements, lie]) => {
    const total = elements.reduce((sum, element) => sum + element.length, 0);
    const declared = BigInt(Math.max(0, total + lie));
    return [...varint(declared), ...elements.flatMap((element) => element.bytes)];
  });

test("wasm and twin agree on any block, whole or spoiled, at any capacity", () => {
  const capacity = fc.oneof(fc.constant(target.bytes), fc.nat(400));
  fc.assert(
    fc.property(
      fc.oneof(block, spoiled(block), spoiled(blockOfText())),
      capacity,
      (bytes, room) => {
        pair.fill({ ...target, bytes: 2048 }, 0x5a);
        const written = decode(Uint8Array.from(bytes), room);
        if (written >= 0) pair.expectSame(target.offset, written);
        // Nothing behind the declared output is touched, whatever happens.
        const end = Math.min(
          room,
          Math.max(written, snappyDeclaredBytes(Uint8Array.from(bytes)), 0),
        );
        const rest = pair.bytes(target.offset + end, 2048 - Math.min(2048, end));
        expect(rest.every((byte) => byte === 0x5a)).toBe(true);
        pair.expectCanaries(source, target);
      },
    ),
    { numRuns: FUZZ_RUNS },
  );
});

function blockOfText(): fc.Arbitrary<readonly number[]> {
  return fc
    .array(fc.constantFrom("abc", "hello ", "x", "\u{0}\u{0}\u{0}\u{0}"), { maxLength: 60 })
    .map((parts) => [...compressSync(Buffer.from(parts.join("")))]);
}
