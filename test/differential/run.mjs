/**
 * `npm run test:differential`: sets up, gets the Debian package of Prometheus where it can, and
 * hands over to `run.ts`. Plain JavaScript: it starts on the Node.js that came with npm.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ensureSetup, nodeEnvironment, projectRoot, reportAndExit } from "#cli/setup.mjs";

try {
  const node = ensureSetup();
  const options = { cwd: projectRoot, env: nodeEnvironment() };
  const prepare = join(projectRoot, "test/support/prepare-system.ts");
  spawnSync(node, [prepare], { ...options, stdio: ["ignore", "ignore", "inherit"] });
  const run = join(projectRoot, "test/differential/run.ts");
  const { status } = spawnSync(node, [run, ...process.argv.slice(2)], {
    ...options,
    stdio: "inherit",
  });
  process.exitCode = status ?? 1;
} catch (error) {
  reportAndExit(error);
}
