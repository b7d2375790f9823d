/**
 * The upstream script tests of Prometheus 3.14, all of them. They are not part of this project:
 * `GYRE_PROMQLTEST` says where they are. How many evaluations of a file may fail is written down
 * here and may only shrink; it has reached nothing.
 *
 * Covers: src/promql/functions, src/promql/aggregations, src/promql/operators, src/promql/script
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { NodeClock } from "#runtime/node/node-clock.ts";
import { runScript } from "#promql/script/run-script.ts";

const ROOT = new URL("../../..", import.meta.url).pathname;
const FOLDER = resolve(ROOT, process.env["GYRE_PROMQLTEST"] ?? "../shared/conformance/promqltest");
const PRESENT = existsSync(FOLDER);
/** Evaluations of 3.14.0; fewer means a file was not read to its end. */
const EVALS_MIN = 2195;
/** Failures that are known, by file. */
const FAILURES_MAX: Readonly<Record<string, number>> = {};

if (!PRESENT && process.env["CI"] === "true") {
  test("upstream scripts", () => {
    expect.fail(`no scripts at ${FOLDER}: set GYRE_PROMQLTEST`);
  });
} else {
  const files = PRESENT ? readdirSync(FOLDER).filter((file) => file.endsWith(".test")) : [];
  let evals = 0;
  test.skipIf(!PRESENT)(`upstream scripts at ${FOLDER}`, () => {
    expect(files.length).toBeGreaterThan(20);
  });
  test.for(files)("%s", async (file) => {
    const text = readFileSync(resolve(FOLDER, file), "utf8");
    const result = await runScript(text, file, { clock: new NodeClock() });
    evals += result.passed + result.failed;
    const shown = result.failures.map(({ line, message }) => `${file}:${line}: ${message}`);
    expect(shown.slice(FAILURES_MAX[file] ?? 0)).toEqual([]);
  });
  test.skipIf(!PRESENT)("every evaluation ran", () => {
    expect(evals).toBeGreaterThanOrEqual(EVALS_MIN);
  });
}
