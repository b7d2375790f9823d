/**
 * Scripts that the differential run made of answers that were once wrong. They expect what the
 * reference answers with the settings of a server, so names go at once.
 *
 * Covers: src/promql/functions, src/promql/operators
 */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { QUERY_FEATURES_ALL } from "#promql/query-options.ts";
import { runScript } from "#promql/script/run-script.ts";
import { NodeClock } from "#runtime/node/node-clock.ts";

const FOLDER = new URL("regressions/", import.meta.url);
const FEATURES = { ...QUERY_FEATURES_ALL, delayedNameRemoval: false, startTimestamps: false };

test.for(readdirSync(FOLDER))("%s", async (file) => {
  const text = readFileSync(new URL(file, FOLDER), "utf8");
  const result = await runScript(text, file, { clock: new NodeClock(), features: FEATURES });
  expect(result.failures.map(({ line, message }) => `${file}:${line}: ${message}`)).toEqual([]);
  expect(result.passed).toBeGreaterThan(0);
});
