import { labelValue } from "#model/labels.ts";
import { tenantId } from "#model/refs.ts";
import type { ExemplarSelect } from "#storage/exemplar.ts";
import { VERDICT_EXEMPLAR_ORDER, VERDICT_REPEATED, VERDICT_WRITTEN } from "#storage/verdict.ts";
import { encodedItems } from "#storage/append-batch.ts";
import { exemplarSeriesOf } from "#storage/exemplar-series.ts";
import { ExemplarRing } from "#tsdb/exemplars/exemplar-ring.ts";
import { exemplarOf, type PlainExemplar } from "#test/support/plain-items.ts";
import { expect, test } from "vitest";

const TENANT = tenantId(0);
const ALL: ExemplarSelect = { tenant: TENANT, selectors: [[]], minMs: -Infinity, maxMs: Infinity };

function ringOf(capacity: number, ...exemplars: PlainExemplar[]): ExemplarRing {
  const ring = new ExemplarRing(capacity);
  for (const one of exemplars) ring.add(TENANT, exemplarOf(one), 1);
  return ring;
}

/** `name: time value, ...` */
function contentOf(ring: ExemplarRing, select = ALL): string[] {
  return exemplarSeriesOf(encodedItems(ring.select(select)))
    .map(({ labels, exemplars }) => {
      const texts = exemplars.map(({ timestampMs, value }) => `${timestampMs} ${value}`);
      return `${labelValue(labels, "__name__")}: ${texts.join(", ")}`;
    })
    .toSorted();
}

const at = (timestampMs: number, value = 1, trace = ""): PlainExemplar => {
  return { series: "a", timestampMs, value, trace };
};

test.each([
  ["newer", at(1001), VERDICT_WRITTEN],
  ["the same", at(1000, 5, "m"), VERDICT_REPEATED],
  ["the same time, larger value", at(1000, 6), VERDICT_WRITTEN],
  ["the same time, smaller value", at(1000, 4), VERDICT_EXEMPLAR_ORDER],
  ["the same time and value, labels behind", at(1000, 5, "z"), VERDICT_WRITTEN],
  ["the same time and value, labels before", at(1000, 5, "a"), VERDICT_EXEMPLAR_ORDER],
  ["late inside the window", at(951), VERDICT_WRITTEN],
  ["late at the window's end", at(950), VERDICT_EXEMPLAR_ORDER],
  ["late, at a time that is taken", at(960, 9), VERDICT_REPEATED],
] as const)("%s", (_name, exemplar, verdict) => {
  const ring = ringOf(8, at(960), at(1000, 5, "m"));
  expect(ring.judge(TENANT, exemplarOf(exemplar), 50)).toBe(verdict);
});

test("without a window nothing late is taken; other series and tenants are others", () => {
  const ring = ringOf(8, at(1000));
  expect(ring.judge(TENANT, exemplarOf(at(999)), 0)).toBe(VERDICT_EXEMPLAR_ORDER);
  expect(ring.judge(TENANT, exemplarOf(at(-5)), Infinity)).toBe(VERDICT_WRITTEN);
  expect(ring.judge(tenantId(1), exemplarOf(at(1)), 0)).toBe(VERDICT_WRITTEN);
  expect(ring.judge(TENANT, exemplarOf({ series: "b", timestampMs: 1 }), 0)).toBe(VERDICT_WRITTEN);
});

test("the one that came first goes first, whatever its time", () => {
  const ring = ringOf(3, at(5), at(3), { series: "b", timestampMs: 9 }, at(7));
  expect(contentOf(ring)).toEqual(["a: 3 1, 7 1", "b: 9 1"]);
  ring.add(TENANT, exemplarOf({ series: "c", timestampMs: 1 }), 1);
  expect(contentOf(ring)).toEqual(["a: 7 1", "b: 9 1", "c: 1 1"]);
});

test("a series whose only exemplar makes room for its next one stays", () => {
  expect(contentOf(ringOf(1, at(1), at(2)))).toEqual(["a: 2 1"]);
});

test("adding what is there changes nothing, so a log may be replayed over a series log", () => {
  const ring = ringOf(3, at(1), at(2), at(2, 3), at(1), at(2));
  expect(contentOf(ring)).toEqual(["a: 1 1, 2 1, 2 3"]);
  expect(ring.size).toBe(3);
});

test("a selection is by tenant, any of the selectors, and both times inclusive", () => {
  const ring = ringOf(8, at(1), at(2), at(3), { series: "b", timestampMs: 2 });
  ring.add(tenantId(4), exemplarOf({ series: "other", timestampMs: 2 }), 1);
  const name = (value: string) => [{ kind: "=", name: "__name__", value } as const];
  const select = { tenant: TENANT, selectors: [name("x"), name("a")], minMs: 2, maxMs: 3 };
  expect(contentOf(ring, select)).toEqual(["a: 2 1, 3 1"]);
  expect(contentOf(ring, { ...select, selectors: [name("x")] })).toEqual([]);
  expect(contentOf(ring, { ...ALL, tenant: tenantId(4) })).toEqual(["other: 2 1"]);
});

test("what came in some generations comes out in the order in which it came", () => {
  const ring = new ExemplarRing(4);
  for (const [i, time] of [9, 8, 7, 6, 5].entries()) ring.add(TENANT, exemplarOf(at(time)), i);
  const times = (first: number, last: number): number[] =>
    (ring.since(first, last).get(TENANT) ?? []).map((bytes) => bytes[8]!);
  expect(times(0, 9)).toEqual([8, 7, 6, 5]);
  expect(times(2, 3)).toEqual([7, 6]);
  expect(ring.since(7, 9).size).toBe(0);
});

test("a ring without room keeps nothing", () => {
  const ring = ringOf(0, at(1));
  expect(ring.isOff).toBe(true);
  expect(contentOf(ring)).toEqual([]);
});

test("a loud tenant takes room from itself, and gives some to others", () => {
  const ring = ringOf(4, at(1), at(2), at(3), at(4));
  const quiet = { ...ALL, tenant: tenantId(1) };
  for (const time of [1, 2]) ring.add(tenantId(1), exemplarOf(at(time)), 1);
  expect(contentOf(ring)).toEqual(["a: 3 1, 4 1"]);
  for (const time of [5, 6, 7]) ring.add(TENANT, exemplarOf(at(time)), 1);
  expect(contentOf(ring)).toEqual(["a: 6 1, 7 1"]);
  expect(contentOf(ring, quiet)).toEqual(["a: 1 1, 2 1"]);
  ring.add(tenantId(1), exemplarOf(at(3)), 1);
  expect(contentOf(ring, quiet)).toEqual(["a: 2 1, 3 1"]);
  // From the lowest number of those that have as much.
  ring.add(tenantId(2), exemplarOf(at(1)), 1);
  expect([contentOf(ring).length, contentOf(ring, quiet).length]).toEqual([1, 1]);
  expect(contentOf(ring)).toEqual(["a: 7 1"]);
  expect(ring.size).toBe(4);
});
