/**
 * The head's index against a plain scan: every selection equals asking each label set in turn, also
 * when series were dropped and others came after them.
 * Covers: src/tsdb/index/, src/tsdb/head/head-index.ts, src/tsdb/head/decode-refs.ts
 */
import { readFileSync } from "node:fs";
import { HEAD_MODULE_URL } from "#kernels/head-kernel.ts";
import { kernelModule } from "#kernels/kernel-instance.ts";
import { labelsKey, labelsOf, type Labels } from "#model/labels.ts";
import { compileMatchers } from "#model/matches-labels.ts";
import type { Matcher } from "#model/matcher.ts";
import { tenantId, type TenantId } from "#model/refs.ts";
import { buildBatch } from "#test/support/batch-builder.ts";
import { appendToHead } from "#tsdb/head/head-append.ts";
import { dropRuns } from "#tsdb/head/head-cut.ts";
import { HeadIndex } from "#tsdb/head/head-index.ts";
import { Head } from "#tsdb/head/head.ts";
import { selectRefs } from "#tsdb/index/select-refs.ts";
import fc from "fast-check";
import { expect, test } from "vitest";

const NAMES = ["__name__", "a", "b", "c"];
const LONG = "long value ".repeat(30);
const VALUES = ["", "x", "y", "xx", "xy", "z.z", "é", LONG];
const PATTERNS = [
  "",
  "x",
  "x|y",
  "x|x",
  "x?",
  "x.*",
  ".*",
  ".+",
  "[xy]+",
  "(x|y)(x|y)",
  "|x",
  "z\\.z",
];
const module = kernelModule(readFileSync(HEAD_MODULE_URL));
const LIMITS = {
  outOfOrderWindowMs: 0,
  newestAllowedMs: Infinity,
  isKnownValid: true,
  refusesNewSeries: false,
};

const labelSet = fc.uniqueArray(fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(...VALUES)), {
  selector: ([name]) => name,
});
const matcher: fc.Arbitrary<Matcher> = fc.oneof(
  fc.record({
    kind: fc.constantFrom("=" as const, "!=" as const),
    name: fc.constantFrom(...NAMES, "absent"),
    value: fc.constantFrom(...VALUES),
  }),
  fc.record({
    kind: fc.constantFrom("=~" as const, "!~" as const),
    name: fc.constantFrom(...NAMES, "absent"),
    value: fc.constantFrom(...PATTERNS),
  }),
);

interface Series {
  readonly tenant: TenantId;
  readonly labels: Labels;
}

const series: fc.Arbitrary<Series> = fc
  .tuple(fc.constantFrom(0, 7), labelSet)
  .map(([tenant, pairs]) => ({ tenant: tenantId(tenant), labels: labelsOf(pairs) }));

/** Unlike one another among those that live at a time. */
const manySeries = (maxLength: number): fc.Arbitrary<Series[]> =>
  fc.uniqueArray(series, {
    maxLength,
    selector: ({ tenant, labels }) => `${tenant} ${labelsKey(labels)}`,
  });

function emptyHead(): Head {
  return new Head({ module, bytesMax: 2 ** 26, stagingSamples: 16, quota: null });
}

/** Adds the series in this order, whatever their tenants; refs go on from `head.nextRef`. */
function addAll(head: Head, all: readonly Series[]): void {
  for (const { tenant, labels } of all) {
    const first = head.nextRef;
    const { entryRefs } = appendToHead(head, buildBatch(tenant, 1, [], [labels]), LIMITS);
    expect([...entryRefs]).toEqual([first]);
  }
}

test("selects what a scan selects", () => {
  fc.assert(
    fc.property(
      manySeries(60),
      fc.array(matcher, { maxLength: 4 }),
      fc.constantFrom(0, 7, 9),
      fc.nat(70),
      (all, matchers, tenant, bound) => {
        const head = emptyHead();
        addAll(head, all);
        const accepts = compileMatchers(matchers);
        const want = all.flatMap(({ tenant: owner, labels }, ref) =>
          owner === tenant && ref < bound && accepts(labels) ? [ref] : [],
        );
        const index = new HeadIndex(head, tenantId(tenant));
        expect([...selectRefs(index, matchers, bound)]).toEqual(want);
      },
    ),
    { numRuns: 400 },
  );
});

test("lists the names and values of a tenant", () => {
  fc.assert(
    fc.property(manySeries(30), (all) => {
      const head = emptyHead();
      addAll(head, all);
      for (const tenant of [0, 7, 9].map(tenantId)) {
        const own = all.filter((one) => one.tenant === tenant).map(({ labels }) => labels);
        const names = new Set(own.flatMap((flat) => flat.filter((_, i) => i % 2 === 0)));
        const index = new HeadIndex(head, tenant);
        expect(index.labelNames().toSorted()).toEqual([...names].toSorted());
        for (const name of NAMES) {
          const values = new Set(
            own.flatMap((flat) => (flat.includes(name) ? [flat[flat.indexOf(name) + 1]!] : [])),
          );
          expect(index.labelValues(name).toSorted()).toEqual([...values].toSorted());
        }
      }
    }),
    { numRuns: 60 },
  );
});

test("forgets what is dropped, and its memory comes back", () => {
  fc.assert(
    fc.property(
      manySeries(60),
      fc.nat(3),
      fc.array(matcher, { maxLength: 2 }),
      (all, keep, matchers) => {
        const head = emptyHead();
        const accepts = compileMatchers(matchers);
        addAll(head, []);
        for (let round = 0; round < 4; round++) {
          const first = head.nextRef;
          const generation = head.generations.current;
          addAll(head, all);
          // Without samples they are idle, and nothing keeps them.
          head.generations.close(generation, generation, new Uint32Array(0));
          head.generations.release(generation);
          const goes = all.map((_, i) => i % 4 >= keep);
          const runs = goes.flatMap((isGoing, i) => (isGoing ? [first + i, 1] : []));
          dropRuns(head, Uint32Array.from(runs));
          for (const tenant of [0, 7].map(tenantId)) {
            const want = all.flatMap(({ tenant: owner, labels }, i) =>
              owner === tenant && !goes[i] && accepts(labels) ? [first + i] : [],
            );
            const index = new HeadIndex(head, tenant);
            const refs = selectRefs(index, matchers, head.nextRef).filter((ref) =>
              head.isLive(ref),
            );
            expect([...refs]).toEqual(want);
          }
          const rest = goes.flatMap((isGoing, i) => (isGoing ? [] : [first + i, 1]));
          dropRuns(head, Uint32Array.from(rest));
          expect(new HeadIndex(head, tenantId(0)).labelNames()).toEqual([]);
          expect(head.seriesCount).toBe(0);
        }
        const { reservedBytes } = head.memory;
        addAll(head, all);
        expect(head.memory.reservedBytes).toBe(reservedBytes);
      },
    ),
    { numRuns: 60 },
  );
});

test("long lists are cleaned of dead refs and stay exact", () => {
  const head = emptyHead();
  const sets = Array.from({ length: 3000 }, (_, i) => ({
    tenant: tenantId(0),
    labels: labelsOf([
      ["job", "j"],
      ["n", String(i)],
      ["third", String(i % 3)],
    ]),
  }));
  addAll(head, sets);
  head.generations.close(1, 1, new Uint32Array(0));
  head.generations.release(1);
  const index = new HeadIndex(head, tenantId(0));
  const before = head.memory.usedBytes;
  const multiples = (n: number): number[] => sets.flatMap((_, i) => (i % n === 0 ? [i] : []));
  dropRuns(head, Uint32Array.from(sets.flatMap((_, i) => (i % 100 === 0 ? [] : [i, 1]))));
  const live = index.refsOf("job", "j").filter((ref) => head.isLive(ref));
  expect([...live]).toEqual(multiples(100));
  expect(index.allRefs().length).toBeLessThan(100);
  expect(index.refsOf("third", "0").filter((ref) => head.isLive(ref)).length).toBe(10);
  expect(index.labelValues("n").length).toBe(30);
  expect(head.memory.usedBytes).toBeLessThan(before / 4);
});
