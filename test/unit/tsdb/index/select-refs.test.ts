import { intersectRefs } from "#tsdb/index/intersect-refs.ts";
import type { LabelIndex } from "#tsdb/index/label-index.ts";
import { RefSet } from "#tsdb/index/ref-set.ts";
import { selectRefs } from "#tsdb/index/select-refs.ts";
import { expect, test } from "vitest";

test("a ref set knows refs of its range", () => {
  const set = new RefSet(100, 165);
  set.addAll(Uint32Array.of(0, 99, 100, 131, 132, 164, 165, 4_000_000_000));
  const members = Array.from({ length: 200 }, (_, ref) => ref).filter((ref) => set.has(ref));
  expect(members).toEqual([100, 131, 132, 164]);
  expect(set.has(4_000_000_000)).toBe(false);
  expect(new RefSet(7, 7).has(7)).toBe(false);
});

test("intersects ascending lists of any lengths", () => {
  const multiples = (n: number): Uint32Array =>
    Uint32Array.from({ length: Math.ceil(5000 / n) }, (_, i) => i * n);
  expect([...intersectRefs([multiples(2), multiples(3), multiples(7)])]).toEqual([
    ...multiples(42),
  ]);
  expect([...intersectRefs([multiples(5)])]).toEqual([...multiples(5)]);
  expect(intersectRefs([multiples(5), new Uint32Array(0)]).length).toBe(0);
  expect([...intersectRefs([Uint32Array.of(4999), multiples(1)])]).toEqual([4999]);
});

test("refs at and above the bound are left out, however far the refs are from zero", () => {
  const far = 4_000_000_000;
  const index: LabelIndex = {
    allRefs: () => Uint32Array.of(far, far + 1, far + 2, far + 3),
    refsOf: () => Uint32Array.of(far + 1, far + 3),
    refsWhere: () => [Uint32Array.of(far), Uint32Array.of(far + 3)],
  };
  const differs = { kind: "!=", name: "a", value: "b" } as const;
  expect([...selectRefs(index, [differs], far + 3)]).toEqual([far, far + 2]);
  const present = { kind: "!=", name: "a", value: "" } as const;
  expect([...selectRefs(index, [present], far + 9)]).toEqual([far, far + 3]);
  expect([...selectRefs(index, [], far)]).toEqual([]);
});
