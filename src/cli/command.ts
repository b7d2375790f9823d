/** One command of `gyre`, as data: help texts are printed from it. */
import type { CliDeps } from "./cli-deps.ts";

export interface CommandFlag {
  /** Without the dashes. */
  readonly name: string;
  /** What stands for the value in help texts; null when the flag takes none. */
  readonly value: string | null;
  readonly description: string;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** Behind `gyre <name>`. */
  readonly usage: string;
  readonly flags: readonly CommandFlag[];
  /** Also takes every option of the configuration as a flag. */
  readonly takesConfig: boolean;
  /** Resolves with the exit code. Throws `UsageError` or `ConfigError` for the caller to print. */
  run(args: readonly string[], deps: CliDeps): Promise<number>;
}
