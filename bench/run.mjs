/**
 * `npm run bench -- <name> [options]`: runs one benchmark under the pinned Node.js. Every one
 * takes `--smoke`, a size that only proves it works. README.md beside this file says what each
 * measures and what it showed.
 *
 * Plain JavaScript: it starts on the Node.js that came with npm.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { ensureSetup, nodeEnvironment, projectRoot, reportAndExit } from "#cli/setup.mjs";

/** Name -> folder below this one. */
const FOLDERS = new Map([
  ["ingest", "macro/ingest"],
  ["load", "macro/load"],
  ["placement", "macro/placement"],
  ["disk", "macro/disk"],
  ["restart", "macro/restart"],
  ["handoff", "macro/handoff"],
  ["head", "micro/head"],
  ["chunk", "micro/chunk"],
  ["query", "micro/query"],
  ["queries", "macro/query"],
]);

function main() {
  const [name, ...rest] = process.argv.slice(2);
  const folder = FOLDERS.get(name);
  if (folder === undefined) {
    const names = [...FOLDERS.keys()].join(", ");
    process.stderr.write(`bench: got ${name ?? "no name"}, want one of ${names}\n`);
    process.exitCode = 2;
    return;
  }
  const args = [join(projectRoot, "bench", folder, "run.ts"), ...rest];
  const child = spawn(ensureSetup(), args, { env: nodeEnvironment(), stdio: "inherit" });
  child.on("error", (error) => {
    process.stderr.write(`bench: cannot run ${name}: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on("exit", (code) => {
    process.exitCode = code ?? 1;
  });
}

try {
  main();
} catch (error) {
  reportAndExit(error);
}
