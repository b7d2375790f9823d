import { expect, test } from "vitest";
import { NodeClock } from "#runtime/node/node-clock.ts";
import { NodeTimers } from "#runtime/node/node-timers.ts";

test("two clocks of a process agree on monotonic time, whatever thread made them", () => {
  const first = new NodeClock();
  const second = new NodeClock();
  const a = first.monoMs();
  const b = second.monoMs();
  expect(Math.abs(b - a)).toBeLessThan(1000);
  expect(first.monoMs()).toBeGreaterThanOrEqual(a);
  expect(Number.isInteger(first.wallMs())).toBe(true);
});

test("a timer fires once, a cancelled one never", async () => {
  const timers = new NodeTimers();
  const fired: string[] = [];
  timers.after(0, () => fired.push("cancelled")).cancel();
  await new Promise<void>((resolve) => {
    timers.after(1, () => {
      fired.push("kept");
      resolve();
    });
  });
  expect(fired).toEqual(["kept"]);
  expect(() => timers.after(-1, () => undefined)).toThrow(/want 0 or more/);
});

test("a delay beyond 2^31 ms does not fire at once", async () => {
  const timers = new NodeTimers();
  let fired = false;
  const long = timers.after(2 ** 40, () => {
    fired = true;
  });
  await new Promise<void>((resolve) => timers.after(5, resolve));
  expect(fired).toBe(false);
  long.cancel();
});
