/**
 * Options on the command line: `--section.option value` or `--section.option=value`. A flag may be
 * given once. Words that are no flags are left to the command.
 */
import type { Assignment, Reading } from "./assignment.ts";
import { CONFIG_ENTRIES, type ConfigEntry } from "./config-schema.ts";
import { nearestName } from "./nearest-name.ts";

export interface FlagReading extends Reading {
  /** The file named by `--config`; null when none. */
  readonly configFile: string | null;
  /** Arguments that are not flags, in order. */
  readonly words: readonly string[];
}

const CONFIG_FLAG = "config";
/** Short forms of what people set most often. */
const SHORT_FORMS: Readonly<Record<string, string>> = { listen: "http.listen" };

export function readConfigFlags(args: readonly string[]): FlagReading {
  const given = new Map<string, string>();
  const assignments: Assignment[] = [];
  const problems: string[] = [];
  const words: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (!arg.startsWith("--")) {
      words.push(arg);
      continue;
    }
    const equals = arg.indexOf("=");
    const written = arg.slice(2, equals < 0 ? undefined : equals);
    const name = SHORT_FORMS[written] ?? written;
    const entry = CONFIG_ENTRIES.find((candidate) => candidate.path === name);
    if (entry === undefined && name !== CONFIG_FLAG) {
      problems.push(unknownFlag(written));
      if (equals < 0 && args[at + 1]?.startsWith("--") === false) at++;
      continue;
    }
    const text = equals < 0 ? args[++at] : arg.slice(equals + 1);
    if (text === undefined) problems.push(`--${written}: got nothing, want ${wantOf(entry)}`);
    else if (given.has(name)) problems.push(`--${written}: got it twice, want it once`);
    else {
      given.set(name, text);
      if (entry !== undefined) assignments.push({ entry, text, place: `--${written}` });
    }
  }
  return { assignments, problems, words, configFile: given.get(CONFIG_FLAG) ?? null };
}

function wantOf(entry: ConfigEntry | undefined): string {
  return entry === undefined ? "the name of a configuration file" : entry.option.want;
}

function unknownFlag(written: string): string {
  const paths = CONFIG_ENTRIES.map((entry) => entry.path);
  const near = nearestName(written, [...paths, ...Object.keys(SHORT_FORMS), CONFIG_FLAG]);
  const hint = near === null ? "gyre --help lists them" : `did you mean --${near}?`;
  return `--${written}: unknown flag, ${hint}`;
}
