/** `gyre check`: says whether a node would start with this configuration, and what it changes. */
import { configReference } from "#config/config-reference.ts";
import { loadConfig } from "#config/load-config.ts";
import { EXIT_OK } from "../cli-deps.ts";
import type { Command } from "../command.ts";
import { UsageError } from "../usage-error.ts";

const REFERENCE = "--reference";

export const CHECK: Command = {
  name: "check",
  summary: "check a configuration file without starting anything",
  usage: "[file] [options]",
  flags: [
    {
      name: "reference",
      value: null,
      description: "print the reference of every option instead",
    },
  ],
  takesConfig: true,
  async run(args, deps) {
    if (args.includes(REFERENCE)) {
      deps.print(configReference().trimEnd());
      return EXIT_OK;
    }
    const { environment, machine, readFile } = deps;
    const [first] = args;
    const hasFile = first !== undefined && !first.startsWith("--");
    const flags = hasFile ? ["--config", first, ...args.slice(1)] : args;
    const loaded = loadConfig({ args: flags, environment, machine, readFile });
    const [word] = loaded.words;
    if (word !== undefined) throw new UsageError(`got ${JSON.stringify(word)}, want one file`);
    for (const warning of loaded.warnings) deps.complain(`warning: ${warning}`);
    const count = loaded.origins.size;
    deps.print(`ok: ${count} ${count === 1 ? "option" : "options"} set, the rest at defaults`);
    for (const [path, place] of loaded.origins) {
      // A place in a file ends with the path itself.
      deps.print(`  ${path} (${place.replace(`: ${path}`, "")})`);
    }
    return EXIT_OK;
  },
};
