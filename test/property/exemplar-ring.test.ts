/**
 * The ring of exemplars against a plain list: the same verdicts, the same content, and the same again
 * from a replay of what was added. Covers: src/tsdb/exemplars/exemplar-ring.ts
 */
import fc from "fast-check";
import { tenantId } from "#model/refs.ts";
import { encodedItems } from "#storage/append-batch.ts";
import { ExemplarItem } from "#storage/exemplar-item.ts";
import { isStored, VERDICT_WRITTEN } from "#storage/verdict.ts";
import { ExemplarRing } from "#tsdb/exemplars/exemplar-ring.ts";
import { ExemplarModel } from "#test/fuzz/exemplar-model.ts";
import { exemplarOf } from "#test/support/plain-items.ts";
import { expect, test } from "vitest";

const TENANT = tenantId(0);
const EVERYTHING = { tenant: TENANT, selectors: [[]], minMs: -1e15, maxMs: 1e15 };

const exemplar = fc.record({
  series: fc.constantFrom("a", "b", "c"),
  timestampMs: fc.integer({ min: -5, max: 12 }),
  value: fc.constantFrom(0, -0, 1, Number.NaN, Infinity),
  trace: fc.constantFrom("", "x", "y"),
});

function textOf({ series, timestampMs, value, labels }: ExemplarItem): string {
  return [series.toHex(), timestampMs, value, labels.toHex()].join(" ");
}

function selected(ring: ExemplarRing): ExemplarItem[] {
  return ring.select(EVERYTHING).map((bytes) => new ExemplarItem(bytes));
}

test("a ring judges and keeps as a plain list does", () => {
  const capacity = fc.integer({ min: 1, max: 6 });
  const windowMs = fc.constantFrom(0, 3, 8, Infinity);
  fc.assert(
    fc.property(fc.array(exemplar, { maxLength: 40 }), capacity, windowMs, (all, size, window) => {
      const ring = new ExemplarRing(size);
      const replayed = new ExemplarRing(size);
      const model = new ExemplarModel(window, size);
      for (const item of all.map(exemplarOf)) {
        const { exemplars } = model.append(encodedItems([item.bytes]), 1e15);
        const verdict = ring.judge(TENANT, item, window);
        expect(isStored(verdict)).toBe(exemplars.written === 1);
        if (verdict !== VERDICT_WRITTEN) continue;
        ring.add(TENANT, item, 1);
        replayed.add(TENANT, item, 1);
      }
      const held = selected(ring);
      expect(held.map(textOf).toSorted()).toEqual(model.content().toSorted());
      expect(selected(replayed).map(textOf)).toEqual(held.map(textOf));
      for (const [i, item] of held.entries()) {
        const before = held[i - 1];
        if (before === undefined || textOf(before).split(" ")[0] !== textOf(item).split(" ")[0]) {
          continue;
        }
        expect(before.timestampMs).toBeLessThanOrEqual(item.timestampMs);
      }
    }),
    { numRuns: 1000 },
  );
});
