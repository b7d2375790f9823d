/**
 * Chains of miniblocks: the kernel writes what its twin writes, whatever was given comes back, and
 * both leave the chain in the same state.
 * Covers: src/kernels/page/
 */
import {
  CHAIN_BYTES,
  MINIBLOCK_BYTES_MAX,
  MINIBLOCK_SAMPLES,
} from "#kernels/layout/page-layout.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { FUZZ_RUNS, PagePair } from "./page-pair.ts";
import { bitsOf, clockTimes, columnBits } from "./sample-arbitraries.ts";

const pair = new PagePair();

test("chains come back bit for bit, and the twin agrees on every byte", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: MINIBLOCK_SAMPLES }), { minLength: 12 });
  fc.assert(
    fc.property(columnBits, clockTimes, sizes, (bits, times, counts) => {
      const count = Math.min(bits.length, times.length, 160);
      pair.write(pair.input, bits.slice(0, count));
      const clock = times.slice(0, count).map((time) => bitsOf(time + 0));
      pair.write(pair.clock, clock);
      const blocks: { bytes: number; samples: number }[] = [];
      pair.write(pair.words, [0n, 0n, 0n]);
      let at = pair.coded;
      let from = 0;
      for (let block = 0; from < count; block++) {
        const samples = Math.min(counts[block % counts.length]!, count - from);
        const bytes = pair.call((calls, scratch) =>
          calls.miniblockEncode(
            pair.words,
            pair.clock + 8 * from,
            pair.input + 8 * from,
            samples,
            at,
            scratch,
          ),
        );
        expect(bytes).toBeLessThanOrEqual(MINIBLOCK_BYTES_MAX);
        pair.expectSame(at, bytes);
        blocks.push({ bytes, samples });
        at += bytes;
        from += samples;
      }
      pair.expectSame(pair.words, CHAIN_BYTES);
      const chain = pair.read(pair.words, 3);
      pair.write(pair.words, [0n, 0n, 0n]);
      at = pair.coded;
      from = 0;
      for (const { bytes, samples } of blocks) {
        const to = [pair.outputClock + 8 * from, pair.output + 8 * from] as const;
        expect(pair.call((calls) => calls.miniblockDecode(pair.words, at, samples, ...to))).toBe(
          bytes,
        );
        at += bytes;
        from += samples;
      }
      expect(pair.read(pair.words, 3)).toEqual(chain);
      expect(pair.read(pair.output, count)).toEqual(bits.slice(0, count));
      expect(pair.read(pair.outputClock, count)).toEqual(clock);
      pair.expectSame(pair.output, count * 8);
    }),
    { numRuns: FUZZ_RUNS },
  );
  pair.expectCanaries();
});

test("digest sums of the kernel and of its twin agree, and do not depend on order", () => {
  const sample = fc.tuple(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.maxSafeInteger());
  const samples = fc.array(sample, { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(samples, fc.nat(0xffff_ffff), fc.nat(0xffff_ffff), (all, low, high) => {
      const sumsOf = (list: typeof all): bigint[] => {
        pair.write(
          pair.input,
          list.map(([bits]) => bits),
        );
        pair.write(
          pair.clock,
          list.map(([, time]) => bitsOf(time + 0)),
        );
        pair.write(pair.words, [7n, 9n]);
        pair.call((calls) => {
          calls.digestAdd(pair.words, low, high, pair.clock, pair.input, list.length);
          return 0;
        });
        pair.expectSame(pair.words, 16);
        return pair.read(pair.words, 2);
      };
      const [first] = all;
      const sums = sumsOf(all);
      expect(sumsOf(all.toReversed())).toEqual(sums);
      const [bits, time] = first!;
      expect(sumsOf([[bits ^ 1n, time], ...all.slice(1)])).not.toEqual(sums);
    }),
    { numRuns: FUZZ_RUNS },
  );
});
