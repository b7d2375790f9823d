/**
 * `npm run check`: every check that needs no test data, side by side, each with its own verdict.
 * Plain JavaScript, because it also runs before set-up, on whatever Node brought npm.
 */
import { spawn } from "node:child_process";
import { ensureSetup, nodeEnvironment, projectRoot } from "#cli/setup.mjs";

const CHECKS = ["tidy", "lint", "format", "types", "dead"];

/** Runs one check and prints its output in one piece, so parallel checks do not interleave. */
function runCheck(name) {
  const startedAt = Date.now();
  return new Promise((resolve) => {
    const child = spawn("npm", ["run", "--silent", `check:${name}`], {
      cwd: projectRoot,
      env: nodeEnvironment(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const chunks = [];
    child.stdout.on("data", (chunk) => chunks.push(chunk));
    child.stderr.on("data", (chunk) => chunks.push(chunk));
    child.on("error", (error) => resolve({ name, ok: false, output: String(error) }));
    child.on("close", (code) => {
      const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
      const output = Buffer.concat(chunks).toString();
      const ok = code === 0;
      if (!ok) process.stdout.write(`${output.trimEnd()}\n`);
      process.stdout.write(`check:${name} ${ok ? "passed" : "FAILED"} (${seconds} s)\n`);
      resolve({ name, ok });
    });
  });
}

ensureSetup();
const results = await Promise.all(CHECKS.map(runCheck));
const failed = results.filter((result) => !result.ok).map((result) => result.name);
if (failed.length > 0) {
  process.stdout.write(`cannot pass check: ${failed.join(", ")} failed\n`);
  process.exitCode = 1;
}
