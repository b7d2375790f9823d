import { intersectRefs } from "#tsdb/index/intersect-refs.ts";
import { PostingList } from "#tsdb/index/posting-list.ts";
import { RefSet } from "#tsdb/index/ref-set.ts";
import { expect, test } from "vitest";

test("a posting list grows and keeps its order", () => {
  const list = new PostingList();
  for (let ref = 0; ref < 1000; ref += 3) list.add(ref);
  expect(list.length).toBe(334);
  expect([...list.refs()]).toEqual(Array.from({ length: 334 }, (_, i) => i * 3));
  expect(() => list.add(999)).toThrow(/postings: got ref 999 after 999/);
});

test("a ref set knows refs below its bound", () => {
  const set = new RefSet(65);
  set.addAll(Uint32Array.of(0, 31, 32, 64, 65, 4_000_000_000));
  const members = Array.from({ length: 70 }, (_, ref) => ref).filter((ref) => set.has(ref));
  expect(members).toEqual([0, 31, 32, 64]);
  expect(set.has(4_000_000_000)).toBe(false);
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
