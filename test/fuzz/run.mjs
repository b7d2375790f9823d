/**
 * `npm run fuzz:bodies`, `fuzz:regex`, `fuzz:queries`, `fuzz:decoders`: runs a fuzz campaign,
 * named by the first argument, under the pinned Node.js. Plain JavaScript: it starts on the Node.js
 * that came with npm.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { ensureSetup, nodeEnvironment, projectRoot, reportAndExit } from "#cli/setup.mjs";

const CAMPAIGNS = ["bodies", "regex", "queries", "decoders"];

try {
  const [name, ...rest] = process.argv.slice(2);
  if (!CAMPAIGNS.includes(name)) {
    throw new Error(`got campaign ${name ?? "nothing"}, want one of ${CAMPAIGNS.join(", ")}`);
  }
  const script = join(projectRoot, "test", "fuzz", `run-${name}.ts`);
  const args = ["--expose-gc", script, ...rest];
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
