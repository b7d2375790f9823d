/**
 * Histories that come under a series: in order, backwards, again, mixed. Each sample is judged as a
 * plain map of what is still in the head would judge it, through cuts and releases.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { labelsOf } from "#model/labels.ts";
import { tenantId } from "#model/refs.ts";
import { VERDICT_CONFLICT, VERDICT_REPEATED, VERDICT_WRITTEN } from "#storage/verdict.ts";
import { bitsOf, buildBatch } from "#test/support/batch-builder.ts";
import { openHeadStore } from "#test/support/head-stores.ts";

const T = tenantId(0);
const NEWEST_MS = 1_000_000;
const LABELS = labelsOf([["__name__", "m"]]);

/** A run of times: where it begins, how far apart, how many, and a value of its own or the usual. */
const run = fc.record({
  from: fc.nat(400),
  step: fc.constantFrom(1, 1, 2, 5, -1, -3),
  count: fc.integer({ min: 1, max: 120 }),
  value: fc.constantFrom(1, 1, 1, 2),
});
const step = fc.oneof(
  { weight: 6, arbitrary: run },
  { weight: 1, arbitrary: fc.constant("cut" as const) },
  { weight: 1, arbitrary: fc.constant("release" as const) },
);

test("old samples are written once, however they come", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const store = openHeadStore({ outOfOrderWindowMs: 0 });
      const now = { trustedNowMs: NEWEST_MS };
      const newest = { series: LABELS, timestampMs: NEWEST_MS, bits: bitsOf(1) };
      store.append(buildBatch(T, 1, [newest]), now);
      const generations: Map<number, number>[] = [new Map()];
      for (const one of steps) {
        if (one === "cut") {
          if (store.closedGenerations().length >= 2) continue;
          // A sample of each generation keeps the series.
          store.cut();
          generations.push(new Map());
          continue;
        }
        if (one === "release") {
          const [oldest] = store.closedGenerations();
          if (oldest === undefined) continue;
          store.releaseGeneration(oldest.number);
          generations.shift();
          continue;
        }
        const times = Array.from({ length: one.count }, (_, i) => one.from + i * one.step);
        const rows = times.map((timestampMs) => {
          return { series: LABELS, timestampMs, bits: bitsOf(one.value) };
        });
        const batch = { ...buildBatch(T, 1, rows), isHistory: true };
        const { verdicts } = store.append(batch, now);
        const want = times.map((time) => {
          const stored = generations
            .map((samples) => samples.get(time))
            .find((v) => v !== undefined);
          if (stored !== undefined) {
            return stored === one.value ? VERDICT_REPEATED : VERDICT_CONFLICT;
          }
          generations.at(-1)!.set(time, one.value);
          return VERDICT_WRITTEN;
        });
        expect([...(verdicts ?? want.map(() => VERDICT_WRITTEN))]).toEqual(want);
      }
    }),
    { numRuns: 150 },
  );
});
