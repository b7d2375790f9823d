#!/usr/bin/env node
/**
 * The `gyre` command: sets the clone up when needed, then becomes `cluster/main.ts <arguments>`
 * under the pinned Node.js. Plain JavaScript for the same reason as `setup.mjs`.
 *
 * Where the running Node.js can replace its own process (`process.execve`) it does, so signals, exit
 * code and memory are those of Gyre alone; an older one stays as a thin parent that passes them on.
 */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";
import { ensureSetup, nodeEnvironment, projectRoot, reportAndExit } from "./setup.mjs";

/** Ends this process the way the child ended, so callers see the same code or signal. */
function endLike(code, signal) {
  if (signal === null) process.exit(code ?? 1);
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(name);
  process.kill(process.pid, signal);
  // Reached when the signal is one Node.js does not die from at once.
  process.exitCode = 128 + constants.signals[signal];
}

function runAsChild(node, args, env) {
  const child = spawn(node, args, { stdio: "inherit", env });
  child.on("error", (error) => {
    process.stderr.write(`gyre: cannot start ${node}: ${error.message}\n`);
    process.exit(1);
  });
  child.on("exit", endLike);
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  process.on("SIGHUP", () => child.kill("SIGHUP"));
  // A terminal sends Ctrl-C to the whole process group: the child has it already.
  process.on("SIGINT", () => {
    if (!process.stdin.isTTY) child.kill("SIGINT");
  });
}

try {
  const node = ensureSetup();
  const args = [join(projectRoot, "cluster", "main.ts"), ...process.argv.slice(2)];
  const env = nodeEnvironment();
  if (typeof process.execve === "function" && process.platform !== "win32") {
    process.execve(node, [node, ...args], env);
  }
  runAsChild(node, args, env);
} catch (error) {
  reportAndExit(error);
}
