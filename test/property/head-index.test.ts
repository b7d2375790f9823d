/**
 * The inverted index against a plain scan: every selection equals asking each label set in turn.
 * Covers: src/tsdb/index/
 */
import { labelsOf, type Labels } from "#model/labels.ts";
import { compileMatchers } from "#model/matches-labels.ts";
import type { Matcher } from "#model/matcher.ts";
import { tenantId, type TenantId } from "#model/refs.ts";
import { InvertedIndex } from "#tsdb/index/inverted-index.ts";
import fc from "fast-check";
import { expect, test } from "vitest";

const NAMES = ["__name__", "a", "b", "c"];
const VALUES = ["", "x", "y", "xx", "xy", "z.z", "long value"];
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

test("selects what a scan selects", () => {
  fc.assert(
    fc.property(
      fc.array(series, { maxLength: 80 }),
      fc.array(matcher, { maxLength: 4 }),
      fc.constantFrom(0, 7, 9),
      fc.nat(90),
      (all, matchers, tenant, bound) => {
        const index = new InvertedIndex();
        all.forEach(({ tenant: owner, labels }, ref) => index.add(owner, ref, labels));
        const accepts = compileMatchers(matchers);
        const want = all.flatMap(({ tenant: owner, labels }, ref) =>
          owner === tenant && ref < bound && accepts(labels) ? [ref] : [],
        );
        expect([...index.select(tenantId(tenant), matchers, bound)]).toEqual(want);
      },
    ),
    { numRuns: 1000 },
  );
});

test("lists the names and values of a tenant", () => {
  fc.assert(
    fc.property(fc.array(series, { maxLength: 30 }), (all) => {
      const index = new InvertedIndex();
      all.forEach(({ tenant, labels }, ref) => index.add(tenant, ref, labels));
      for (const tenant of [0, 7, 9].map(tenantId)) {
        const own = all.filter((one) => one.tenant === tenant).map(({ labels }) => labels);
        const names = new Set(own.flatMap((flat) => flat.filter((_, i) => i % 2 === 0)));
        expect(index.labelNames(tenant).toSorted()).toEqual([...names].toSorted());
        for (const name of NAMES) {
          const values = new Set(
            own.flatMap((flat) => (flat.includes(name) ? [flat[flat.indexOf(name) + 1]!] : [])),
          );
          expect(index.labelValues(tenant, name).toSorted()).toEqual([...values].toSorted());
        }
      }
    }),
  );
});
