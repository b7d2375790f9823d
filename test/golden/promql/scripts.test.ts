/**
 * Our own scripts in the DSL of the upstream ones: each function, operator and aggregation with
 * values worked out by hand, so that the suite holds without anything from outside.
 *
 * Covers: src/promql/functions, src/promql/aggregations, src/promql/operators, src/promql/script
 * Covers: src/promql/columns, src/promql/histogram, src/promql/plan
 * Covers: src/promql/engine.ts, src/promql/evaluate-query.ts, src/promql/finish-result.ts
 * Covers: src/promql/findings.ts, src/promql/annotations.ts
 */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { NodeClock } from "#runtime/node/node-clock.ts";
import { runScript } from "#promql/script/run-script.ts";

const FOLDER = new URL("scripts/", import.meta.url);

test.for(readdirSync(FOLDER))("%s", async (file) => {
  const text = readFileSync(new URL(file, FOLDER), "utf8");
  const result = await runScript(text, file, { clock: new NodeClock() });
  expect(result.failures.map(({ line, message }) => `${file}:${line}: ${message}`)).toEqual([]);
  expect(result.passed).toBeGreaterThan(10);
});
