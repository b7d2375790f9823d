// Covers: src/query/query-errors.ts
import { expect, test } from "vitest";
import { Admission, WAITING_MAX } from "#query/admission.ts";

const never = new AbortController().signal;

test("lets in as many as may run, then one for each that leaves, in order", async () => {
  const admission = new Admission(2);
  const order: number[] = [];
  const first = await admission.enter(never);
  const second = await admission.enter(never);
  const third = admission.enter(never).then((place) => (order.push(3), place));
  const fourth = admission.enter(never).then((place) => (order.push(4), place));
  await Promise.resolve();
  expect(order).toEqual([]);
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  const place = await third;
  expect(order).toEqual([3]);
  expect(admission.running).toBe(2);
  second[Symbol.dispose]();
  place[Symbol.dispose]();
  (await fourth)[Symbol.dispose]();
  expect(admission.running).toBe(0);
});

test("a client that leaves makes no room and takes none", async () => {
  const admission = new Admission(1);
  const running = await admission.enter(never);
  const controller = new AbortController();
  const gone = admission.enter(controller.signal);
  controller.abort(new Error("gone"));
  await expect(gone).rejects.toThrow("gone");
  expect(admission.waiting).toBe(0);
  running[Symbol.dispose]();
  expect(admission.running).toBe(0);
  await expect(admission.enter(controller.signal)).rejects.toThrow("gone");
});

test("a full queue refuses with a code that says try again", async () => {
  const admission = new Admission(1);
  await admission.enter(never);
  for (let i = 0; i < WAITING_MAX; i++) void admission.enter(never);
  await expect(admission.enter(never)).rejects.toMatchObject({
    code: "query.queue-full",
    http: 503,
  });
});
