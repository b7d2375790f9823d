/**
 * Our own scripts about stored samples: what tiers, stale markers and lost shards do to an answer.
 * Covers: src/storage/missing-parts.ts, src/tsdb/select
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { NodeClock } from "#runtime/node/node-clock.ts";
import { runScript } from "#promql/script/run-script.ts";
import { StoredTarget } from "./stored-target.ts";

test.for([
  ["tiers.test", false],
  ["staleness.test", false],
  ["histograms.test", false],
  ["partial-abort.test", false],
  ["partial-warn.test", true],
] as const)("%s", async ([file, answersPartly]) => {
  const text = readFileSync(new URL(`stored/${file}`, import.meta.url), "utf8");
  const clock = new NodeClock();
  const target = new StoredTarget(clock, answersPartly);
  const result = await runScript(text, file, { clock, target });
  expect(result.failures.map(({ line, message }) => `${file}:${line}: ${message}`)).toEqual([]);
  expect(result.passed).toBeGreaterThan(3);
});
