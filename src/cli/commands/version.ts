/** `gyre version`. */
import { EXIT_OK } from "../cli-deps.ts";
import type { Command } from "../command.ts";
import { UsageError } from "../usage-error.ts";

export const VERSION: Command = {
  name: "version",
  summary: "print the version",
  usage: "",
  flags: [],
  takesConfig: false,
  async run(args, deps) {
    if (args.length > 0) throw new UsageError(`got ${JSON.stringify(args[0])}, want nothing`);
    deps.print(`gyre ${deps.version}`);
    return EXIT_OK;
  },
};
