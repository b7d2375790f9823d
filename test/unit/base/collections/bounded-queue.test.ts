import fc from "fast-check";
import { expect, test } from "vitest";
import { BoundedQueue } from "#base/collections/bounded-queue.ts";

test("behaves like an array that refuses items over its limit", () => {
  const operation = fc.oneof(
    fc.record({ kind: fc.constant("push" as const), item: fc.integer() }),
    fc.constant({ kind: "shift" as const }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.array(operation), (countMax, operations) => {
      const queue = new BoundedQueue<number>(countMax);
      const twin: number[] = [];
      for (const one of operations) {
        if (one.kind === "push") {
          const fits = twin.length < countMax;
          expect(queue.push(one.item)).toBe(fits);
          if (fits) twin.push(one.item);
        } else {
          expect(queue.shift()).toBe(twin.shift());
        }
        expect(queue.size).toBe(twin.length);
        expect(queue.peek()).toBe(twin[0]);
      }
    }),
  );
});

test("keeps its order when it grows with a wrapped ring", () => {
  const queue = new BoundedQueue<number>(1000);
  for (let i = 0; i < 60; i++) queue.push(i);
  for (let i = 0; i < 50; i++) queue.shift();
  for (let i = 60; i < 300; i++) queue.push(i);
  const rest = Array.from({ length: 250 }, () => queue.shift());
  expect(rest).toEqual(Array.from({ length: 250 }, (_, i) => i + 50));
});
