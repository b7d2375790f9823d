/** `gyre serve`: runs a node until it is told to stop. */
import { loadConfig } from "#config/load-config.ts";
import type { Command } from "../command.ts";
import { UsageError } from "../usage-error.ts";

export const SERVE: Command = {
  name: "serve",
  summary: "run a node",
  usage: "[--config file] [options]",
  flags: [],
  takesConfig: true,
  async run(args, deps) {
    const { environment, machine, readFile } = deps;
    const loaded = loadConfig({ args, environment, machine, readFile });
    const [word] = loaded.words;
    if (word !== undefined) throw new UsageError(`got ${JSON.stringify(word)}, want flags only`);
    for (const warning of loaded.warnings) deps.complain(`gyre: ${warning}`);
    return deps.serve(loaded.config);
  },
};
