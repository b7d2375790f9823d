import { expect, test } from "vitest";
import { TurnBell } from "#runtime/worker/turn-bell.ts";

test("many rings of one turn are one, at the end of it; the next turn rings again", async () => {
  let count = 0;
  const bell = new TurnBell({ ring: () => count++ });
  bell.ring();
  bell.ring();
  expect(count).toBe(0);
  await Promise.resolve();
  expect(count).toBe(1);
  await Promise.resolve();
  expect(count).toBe(1);
  bell.ring();
  await Promise.resolve();
  expect(count).toBe(2);
});
