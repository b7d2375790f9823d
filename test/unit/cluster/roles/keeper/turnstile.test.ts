import { expect, test } from "vitest";
import { Turnstile } from "#cluster/roles/keeper/turnstile.ts";

test("one step passes at a time, also behind one that failed", async () => {
  const turnstile = new Turnstile();
  const seen: string[] = [];
  const step = (name: string) => async (): Promise<string> => {
    seen.push(`${name} in`);
    await Promise.resolve();
    seen.push(`${name} out`);
    if (name === "b") throw new Error("b failed");
    return name;
  };
  const steps = ["a", "b", "c"].map((name) => turnstile.pass(step(name)));
  const ends = await Promise.allSettled(steps);
  expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(seen).toEqual(["a in", "a out", "b in", "b out", "c in", "c out"]);
});
