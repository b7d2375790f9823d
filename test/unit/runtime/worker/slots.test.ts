import { expect, test } from "vitest";
import { allocateSlots, Slots } from "#runtime/worker/slots.ts";

const EDGE = 1;
const WORKER = 2;

function pair(count: number): { edge: Slots; worker: Slots } {
  const buffer = allocateSlots(count, 64);
  return { edge: new Slots(buffer, EDGE), worker: new Slots(buffer, WORKER) };
}

test("every slot is given out once, then none", () => {
  const { edge, worker } = pair(3);
  const taken = [edge.acquire(), worker.acquire(), edge.acquire()];
  expect(taken.toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
  expect(worker.acquire()).toBe(-1);
  expect(edge.usedCount).toBe(3);
});

test("a slot handed over belongs to the receiver alone, with its bytes", () => {
  const { edge, worker } = pair(2);
  const slot = edge.acquire();
  edge.bytes(slot)[5] = 42;
  edge.handOver(slot, WORKER);
  expect(() => edge.bytes(slot)).toThrow(/uses slot/);
  expect(worker.bytes(slot)[5]).toBe(42);
  worker.release(slot);
  expect(() => worker.release(slot)).toThrow(/uses slot/);
});

test("slots of a dead thread are reclaimed, others stay", () => {
  const { edge, worker } = pair(4);
  worker.acquire();
  worker.acquire();
  const kept = edge.acquire();
  expect(edge.reclaim(WORKER)).toBe(2);
  expect(edge.usedCount).toBe(1);
  expect(edge.bytes(kept).length).toBe(64);
});

test("acquireAsync waits for a release", async () => {
  const { edge, worker } = pair(1);
  const slot = worker.acquire();
  const waiting = edge.acquireAsync(60_000);
  worker.release(slot);
  expect(await waiting).toBe(slot);
  expect(await worker.acquireAsync(0)).toBe(-1);
});

test("numbers outside the table are refused", () => {
  const { edge } = pair(1);
  expect(() => edge.bytes(1)).toThrow(/of -1/);
  expect(() => allocateSlots(0, 64)).toThrow(/want 1 to/);
  expect(() => allocateSlots(1, 12)).toThrow(/multiple of 8/);
});
