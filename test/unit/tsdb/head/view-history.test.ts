import { ViewHistory } from "#tsdb/head/view-history.ts";
import { expect, test } from "vitest";

const entries = (...pairs: readonly (readonly [number, number])[]): Uint32Array =>
  Uint32Array.from(pairs.flat());

test("a view sees the count of the first entry after it", () => {
  const views = new ViewHistory();
  const first = views.open();
  views.record(entries([1, 10]));
  const second = views.open();
  views.record(entries([1, 11], [2, 20]));
  expect(views.countAt(first, 1, 99)).toBe(10);
  expect(views.countAt(first, 2, 99)).toBe(20);
  expect(views.countAt(second, 1, 99)).toBe(11);
  expect(views.countAt(second, 3, 99)).toBe(99);
});

test("views without a write between them share a version", () => {
  const views = new ViewHistory();
  const first = views.open();
  const { mark } = views;
  const second = views.open();
  expect(second).toBe(first);
  expect(views.mark).toBe(mark);
  views.close(first);
  views.record(entries([1, 5]));
  expect(views.countAt(second, 1, 9)).toBe(5);
  views.close(second);
  expect(views.isOpen).toBe(false);
  expect(() => views.close(second)).toThrow(/closed twice/);
});

test("what a closed view knew goes to the older ones, which know better", () => {
  const views = new ViewHistory();
  const first = views.open();
  views.record(entries([1, 10]));
  const second = views.open();
  views.record(entries([1, 11], [2, 20]));
  views.close(second);
  expect(views.versionCount).toBe(1);
  expect(views.countAt(first, 1, 99)).toBe(10);
  expect(views.countAt(first, 2, 99)).toBe(20);
  views.record(entries([3, 30]));
  expect(views.countAt(first, 3, 99)).toBe(30);
  const third = views.open();
  expect(views.countAt(third, 1, 99)).toBe(99);
  views.close(first);
  expect(views.versionCount).toBe(1);
  expect(views.countAt(third, 2, 99)).toBe(99);
});
