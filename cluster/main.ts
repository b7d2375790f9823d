/** Where a process begins: the only place where command line, configuration and roles meet. */
import { availableParallelism, totalmem } from "node:os";
import { readFileSync } from "node:fs";
import { ConfigError } from "#config/config-error.ts";
import { loadConfig } from "#config/load-config.ts";
import { serve } from "./roles/serve.ts";

const [, , ...args] = process.argv;
try {
  const loaded = loadConfig({
    args: args.slice(1),
    environment: process.env,
    machine: { memoryBytes: totalmem(), cores: availableParallelism() },
    readFile: (name) => readFileSync(name, "utf8"),
  });
  process.exitCode = await serve({
    config: loaded.config,
    version: "0.1.0",
    environment: process.env,
    print: (line) => process.stdout.write(`${line}\n`),
    exit: (code) => process.exit(code),
  });
} catch (error) {
  if (error instanceof ConfigError) process.stderr.write(`${error.message}\n`);
  else process.stderr.write(`gyre: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
