/**
 * `npm run fuzz:bodies`: runs the fuzz campaign on write requests under the pinned Node.js.
 * Plain JavaScript: it starts on the Node.js that came with npm.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { ensureSetup, nodeEnvironment, projectRoot, reportAndExit } from "#cli/setup.mjs";

try {
  const script = join(projectRoot, "test", "fuzz", "run-bodies.ts");
  const args = ["--expose-gc", script, ...process.argv.slice(2)];
  const child = spawn(ensureSetup(), args, { env: nodeEnvironment(), stdio: "inherit" });
  child.on("error", (error) => {
    process.stderr.write(`cannot run the fuzz campaign: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on("exit", (code) => {
    process.exitCode = code ?? 1;
  });
} catch (error) {
  reportAndExit(error);
}
