/**
 * The command line: finds the command, runs it, turns what it throws into a message and an exit code.
 * The list below is all there is; help is printed from it.
 */
import { ConfigError } from "#config/config-error.ts";
import { nearestName } from "#config/nearest-name.ts";
import { type CliDeps, EXIT_FAILED, EXIT_OK, EXIT_USAGE } from "./cli-deps.ts";
import type { Command } from "./command.ts";
import { CHECK } from "./commands/check.ts";
import { EXPORT } from "./commands/export.ts";
import { IMPORT } from "./commands/import.ts";
import { INSPECT } from "./commands/inspect.ts";
import { QUERY } from "./commands/query.ts";
import { SERVE } from "./commands/serve.ts";
import { SNAPSHOT } from "./commands/snapshot.ts";
import { TEST } from "./commands/test-command.ts";
import { VERSION } from "./commands/version.ts";
import { commandHelp, mainHelp } from "./help-text.ts";
import { UsageError } from "./usage-error.ts";

const COMMANDS: readonly Command[] = [
  ...[SERVE, CHECK, QUERY, IMPORT, EXPORT, SNAPSHOT, INSPECT, TEST, VERSION],
];
const HELP_WORDS = ["help", "--help", "-h"];
const VERSION_WORDS = ["--version", "-v"];

/** `args` are those behind the program's name. Resolves with the exit code, never rejects. */
export async function runCli(args: readonly string[], deps: CliDeps): Promise<number> {
  const [word, ...rest] = args;
  if (word === undefined) {
    deps.complain(mainHelp(COMMANDS));
    return EXIT_USAGE;
  }
  if (HELP_WORDS.includes(word)) {
    const asked = COMMANDS.find(({ name }) => name === rest[0]);
    deps.print(asked === undefined ? mainHelp(COMMANDS) : commandHelp(asked));
    return EXIT_OK;
  }
  const name = VERSION_WORDS.includes(word) ? VERSION.name : word;
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command === undefined) {
    deps.complain(`gyre: ${unknownCommand(word)}`);
    return EXIT_USAGE;
  }
  if (rest.some((arg) => arg === "--help" || arg === "-h")) {
    deps.print(commandHelp(command));
    return EXIT_OK;
  }
  return run(command, rest, deps);
}

async function run(command: Command, args: readonly string[], deps: CliDeps): Promise<number> {
  try {
    return await command.run(args, deps);
  } catch (error) {
    if (error instanceof UsageError) {
      deps.complain(`gyre ${command.name}: ${error.message}`);
      deps.complain(`usage: gyre ${command.name} ${command.usage}`.trimEnd());
      return EXIT_USAGE;
    }
    if (error instanceof ConfigError) {
      for (const problem of error.problems) deps.complain(problem);
      return EXIT_FAILED;
    }
    deps.complain(`gyre: ${error instanceof Error ? error.message : String(error)}`);
    return EXIT_FAILED;
  }
}

function unknownCommand(word: string): string {
  const names = COMMANDS.map(({ name }) => name);
  if (word.startsWith("-")) return `got ${word}, want a command first: ${names.join(", ")}`;
  const near = nearestName(word, names);
  const hint = near === null ? `want one of ${names.join(", ")}` : `did you mean ${near}?`;
  return `unknown command ${JSON.stringify(word)}, ${hint}`;
}
