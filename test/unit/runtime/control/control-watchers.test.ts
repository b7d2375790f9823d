import { expect, test } from "vitest";
import { ControlWatchers } from "#runtime/control/control-watchers.ts";

test("one call per burst, after the turn, none after close", async () => {
  const watchers = new ControlWatchers();
  let calls = 0;
  const watch = watchers.add("a/", () => {
    calls += 1;
  });
  watchers.notify(["a/1", "b/1"]);
  watchers.notify(["a/2"]);
  watchers.notify(["b/2"]);
  expect(calls).toBe(0);
  await Promise.resolve();
  expect(calls).toBe(1);
  watchers.notify(["a/3"]);
  watch.close();
  await Promise.resolve();
  expect(calls).toBe(1);
});
