/**
 * Hashes and UTF-8 of the wasm module against their twins in base.
 * Covers: src/kernels/kernel-instance.ts src/kernels/twin-instance.ts src/kernels/series-hash.ts
 */
import { encodeLabels } from "#model/canonical-labels.ts";
import { labelsOf } from "#model/labels.ts";
import { SeriesHasher } from "#model/placement.ts";
import { tenantId } from "#model/refs.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { FUZZ_RUNS, KernelPair } from "./kernel-pair.ts";

const pair = new KernelPair();
const region = pair.region("bytes", 4096);
const out = pair.region("out", 8);
const word = fc.nat(0xffff_ffff);
const bytes = fc.uint8Array({ maxLength: 300 });
/** Any alignment. */
const shift = fc.nat(31);

test("crc32c", () => {
  fc.assert(
    fc.property(bytes, word, shift, (input, seed, at) => {
      pair.write(region.offset + at, input);
      pair.call((calls) => calls.crc32c(region.offset + at, input.length, seed));
    }),
    { numRuns: FUZZ_RUNS },
  );
});

test("xxh64", () => {
  fc.assert(
    fc.property(bytes, word, word, shift, (input, low, high, at) => {
      pair.write(region.offset + at, input);
      pair.call((calls) => {
        calls.xxh64Into(region.offset + at, input.length, low, high, out.offset);
      });
      pair.expectSame(out.offset, 8);
      pair.expectCanaries(out);
    }),
    { numRuns: FUZZ_RUNS },
  );
});

const text = fc.oneof(fc.string({ maxLength: 12 }), fc.string({ minLength: 120, maxLength: 200 }));
const labels = fc
  .tuple(
    fc.dictionary(fc.string({ minLength: 1, maxLength: 9 }), text, { maxKeys: 6 }),
    fc.record({ job: text, instance: text, __name__: text, jobs: text }, { requiredKeys: [] }),
  )
  .map(([others, known]) => labelsOf(Object.entries({ ...others, ...known })))
  .map((set) => encodeLabels(set));

test("hashes of series are those that place them", () => {
  const input = pair.region("labels", 8 + 4096);
  const result = pair.region("series hash", 16 + 9 + 4096);
  fc.assert(
    fc.property(labels, word, word, word, fc.integer({ min: 1, max: 2 ** 20 }), (set, ...more) => {
      const [tenant, low, high, lanes] = more;
      pair.write(input.offset + 8, set);
      pair.call((calls) => {
        calls.hashSeries(input.offset + 8, set.length, tenant, low, high, lanes, result.offset);
      });
      pair.expectSame(result.offset, 16);
      pair.expectCanaries(input);
      pair.expectCanaries(result);
      const [fingerprint, placement] = [new Uint32Array(2), new Uint32Array(2)];
      const hasher = new SeriesHasher({ seed: [low, high], lanes });
      hasher.hash(tenantId(tenant), set, 0, set.length, fingerprint, placement, 0);
      const got = [0, 4, 8, 12].map((at) => pair.u32(result.offset + at));
      expect(got).toEqual([...fingerprint, ...placement]);
    }),
    { numRuns: FUZZ_RUNS },
  );
});

test("isUtf8", () => {
  const text = fc.string({ unit: "binary", maxLength: 40 });
  const encoded = text.map((string) => new TextEncoder().encode(string));
  const edges = fc.constantFrom(...Uint8Array.fromHex("41808f909fa0bfc2dfe0e1edeff0f1f4f5"));
  const mixed = fc
    .tuple(encoded, fc.array(edges, { maxLength: 4 }), fc.nat(40))
    .map(([valid, tail, cut]) => Uint8Array.from([...valid.subarray(0, cut), ...tail]));
  fc.assert(
    fc.property(fc.oneof(encoded, mixed, bytes), (input) => {
      pair.write(region.offset, input);
      const valid = pair.call((calls) => calls.isUtf8(region.offset, input.length));
      expect(valid).toBe(Buffer.from(input).toString().isWellFormed() && isExact(input));
    }),
    { numRuns: FUZZ_RUNS },
  );
});

/** Encoding the decoded text again gives the bytes back exactly when they were valid. */
function isExact(input: Uint8Array): boolean {
  return Buffer.compare(Buffer.from(Buffer.from(input).toString()), input) === 0;
}
