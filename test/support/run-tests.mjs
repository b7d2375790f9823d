/**
 * `npm test`: sets up, runs the fast suites (tidy, unit, golden, property), then the system tests
 * where this machine has or can get what they need. `npm run test:system` (`--system`) runs the
 * system tests alone and fails when a part is missing; so does `--all`, which is what CI runs.
 * Further arguments go to vitest, as in `npm test -- test/unit/model`.
 *
 * Plain JavaScript: it starts on the Node.js that came with npm, the tests run on the pinned one.
 * The last line is always `N passed, M failed`.
 */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ensureSetup, nodeEnvironment, projectRoot, reportAndExit } from "#cli/setup.mjs";

const FAST_CONFIG = "test/tidy/vitest.config.ts";
const SYSTEM_CONFIG = "test/tidy/vitest.system.config.ts";
const RESULT_FOLDER = join(projectRoot, "node_modules", ".cache", "test-results");

function say(line) {
  process.stdout.write(`${line}\n`);
}

/** Runs a program to its end; resolves to its exit code and, when `capture` is set, its stdout. */
function run(node, args, capture = false) {
  return new Promise((resolve) => {
    const child = spawn(node, args, {
      cwd: projectRoot,
      env: nodeEnvironment(),
      stdio: ["ignore", capture ? "pipe" : "inherit", "inherit"],
    });
    let stdout = "";
    child.stdout?.on("data", (chunk) => (stdout += chunk));
    child.on("error", (error) => {
      process.stderr.write(`cannot run ${node}: ${error.message}\n`);
      resolve({ code: 1, stdout });
    });
    child.on("close", (code) => resolve({ code: code ?? 1, stdout }));
  });
}

/** Counts of one vitest run. A file that could not be loaded is one failure of its own. */
function readCounts(path, code) {
  let report;
  try {
    report = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    // vitest died before it could report.
    return { passed: 0, failed: 1 };
  }
  const unloaded = report.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  ).length;
  const failed = report.numFailedTests + unloaded;
  // An unhandled error fails the run without failing a test.
  return { passed: report.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed };
}

async function runSuite(node, name, config, filters) {
  mkdirSync(RESULT_FOLDER, { recursive: true });
  const outputPath = join(RESULT_FOLDER, `${name}.json`);
  rmSync(outputPath, { force: true });
  const { code } = await run(node, [
    join(projectRoot, "node_modules", "vitest", "vitest.mjs"),
    "run",
    `--config=${config}`,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${outputPath}`,
    ...filters,
  ]);
  return readCounts(outputPath, code);
}

/** How many tests the system suites hold, for the line that says they did not run. */
async function countSystemTests(node) {
  const vitest = join(projectRoot, "node_modules", "vitest", "vitest.mjs");
  const { stdout } = await run(node, [vitest, "list", `--config=${SYSTEM_CONFIG}`, "--json"], true);
  try {
    return JSON.parse(stdout).length;
  } catch {
    return 0;
  }
}

async function runSystem(node, mustRun, filters) {
  const prepared = await run(node, [join(projectRoot, "test/support/prepare-system.ts")], true);
  if (prepared.code !== 0) return { passed: 0, failed: 1 };
  const { tests, missing } = JSON.parse(prepared.stdout);
  if (tests.length === 0) return { passed: 0, failed: 0 };
  if (missing.length === 0) return runSuite(node, "system", SYSTEM_CONFIG, filters);
  const count = await countSystemTests(node);
  say(`NOT RUN: ${count} system tests, need ${missing.join(", ")}`);
  return { passed: 0, failed: mustRun ? count : 0 };
}

async function main() {
  const flags = process.argv.slice(2).filter((arg) => arg === "--system" || arg === "--all");
  const filters = process.argv.slice(2).filter((arg) => !flags.includes(arg));
  const isSystemOnly = flags.includes("--system");
  const node = ensureSetup();
  const results = [];
  if (!isSystemOnly) results.push(await runSuite(node, "fast", FAST_CONFIG, filters));
  // A filter names fast tests; it would select nothing among the system tests.
  if (isSystemOnly) results.push(await runSystem(node, true, filters));
  else if (filters.length === 0) results.push(await runSystem(node, flags.includes("--all"), []));
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  say(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

try {
  await main();
} catch (error) {
  reportAndExit(error);
}
