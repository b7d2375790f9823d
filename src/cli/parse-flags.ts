/** Reads the flags a command declares: `--name value`, `--name=value`, or `--name` alone. */
import { nearestName } from "#config/nearest-name.ts";
import type { CommandFlag } from "./command.ts";
import { UsageError } from "./usage-error.ts";

export interface ParsedFlags {
  readonly values: ReadonlyMap<string, string>;
  /** Arguments that are not flags. Everything behind `--` is one. */
  readonly words: readonly string[];
}

/** Throws `UsageError`. */
export function parseFlags(args: readonly string[], flags: readonly CommandFlag[]): ParsedFlags {
  const values = new Map<string, string>();
  const words: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (arg === "--") {
      words.push(...args.slice(at + 1));
      break;
    }
    if (!arg.startsWith("--")) {
      words.push(arg);
      continue;
    }
    const equals = arg.indexOf("=");
    const name = arg.slice(2, equals < 0 ? undefined : equals);
    const flag = flags.find((candidate) => candidate.name === name);
    if (flag === undefined) throw unknownFlag(name, flags);
    if (values.has(name)) throw new UsageError(`--${name}: got it twice, want it once`);
    if (flag.value === null) {
      if (equals >= 0) throw new UsageError(`--${name}: got a value, want none`);
      values.set(name, "");
      continue;
    }
    const value = equals < 0 ? args[++at] : arg.slice(equals + 1);
    if (value === undefined) throw new UsageError(`--${name}: got nothing, want ${flag.value}`);
    values.set(name, value);
  }
  return { values, words };
}

function unknownFlag(name: string, flags: readonly CommandFlag[]): UsageError {
  const known = flags.map((flag) => flag.name);
  const near = nearestName(name, known);
  const list = known.map((each) => `--${each}`).join(", ");
  const hint = near === null ? `want one of ${list}` : `did you mean --${near}?`;
  return new UsageError(`--${name}: unknown flag, ${hint}`);
}
