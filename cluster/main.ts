/** Where a process begins: the only place where command line, configuration and roles meet. */
import { runCli } from "#cli/cli.ts";
import { nodeCliDeps } from "#cli/node-cli-deps.ts";
import { createNodePageTools } from "./roles/node-page-tools.ts";
import { serve } from "./roles/serve.ts";
import { GYRE_VERSION } from "./roles/version.ts";

process.exitCode = await runCli(
  process.argv.slice(2),
  nodeCliDeps(
    GYRE_VERSION,
    (config) =>
      serve({
        config,
        version: GYRE_VERSION,
        environment: process.env,
        print: (line) => void process.stdout.write(`${line}\n`),
        exit: (code) => process.exit(code),
      }),
    () => createNodePageTools("fast"),
  ),
);
