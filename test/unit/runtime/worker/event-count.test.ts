import { expect, test } from "vitest";
import { EVENT_COUNT_BYTES, EventCount } from "#runtime/worker/event-count.ts";

test("a signal between ticket and wait is not lost; an older one does not count", async () => {
  const events = new EventCount(new SharedArrayBuffer(EVENT_COUNT_BYTES), 0);
  const ticket = events.ticket();
  events.signal();
  expect(events.wait(ticket, 60_000)).toBe(true);
  expect(await events.waitAsync(events.ticket(), 0)).toBe(false);
});

test("one signal wakes every waiter", async () => {
  const events = new EventCount(new SharedArrayBuffer(EVENT_COUNT_BYTES), 0);
  const ticket = events.ticket();
  const waits = [events.waitAsync(ticket, 60_000), events.waitAsync(ticket, 60_000)];
  events.signal();
  expect(await Promise.all(waits)).toEqual([true, true]);
});
