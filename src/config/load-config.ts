/**
 * From what was given to what is used: flags win over the environment, the environment over the
 * file, the file over defaults. Every problem of every source is reported at once, also where a
 * stronger source covers it. Pure: files are read by the caller.
 */
import { type Assignment, quoteGot } from "./assignment.ts";
import { ConfigError } from "./config-error.ts";
import { CONFIG_ENTRIES } from "./config-schema.ts";
import type { GyreConfig } from "./gyre-config.ts";
import type { MachineFacts } from "./option.ts";
import { type ConfigFile, readConfigFile } from "./read-config-file.ts";
import { type Environment, readConfigEnvironment } from "./read-config-environment.ts";
import { readConfigFlags } from "./read-config-flags.ts";

export interface ConfigSources {
  readonly args: readonly string[];
  readonly environment: Environment;
  readonly machine: MachineFacts;
  /** Reads the file `--config` or `GYRE_CONFIG` names; throws with a readable message. */
  readonly readFile: (name: string) => string;
}

export interface LoadedConfig {
  readonly config: GyreConfig;
  /** What was not left at its default, and where it was set: `http.listen` -> `--listen`. */
  readonly origins: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
  /** Arguments that are not flags. */
  readonly words: readonly string[];
}

/** Throws `ConfigError` with every problem found. */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const flags = readConfigFlags(sources.args);
  const environment = readConfigEnvironment(sources.environment);
  const fileName = flags.configFile ?? environment.configFile;
  const file = fileName === null ? null : readNamedFile(fileName, sources.readFile);
  const problems = [...(file?.problems ?? []), ...flags.problems];
  // Weakest first: a later assignment of the same option wins.
  const assignments = [
    ...(file?.assignments ?? []),
    ...environment.assignments,
    ...flags.assignments,
  ];
  const values = new Map<string, unknown>();
  const origins = new Map<string, string>();
  for (const { entry, text, place } of assignments) {
    const value = entry.option.parse(text, sources.machine);
    if (value === undefined) {
      problems.push(`${place}: got ${quoteGot(text)}, want ${entry.option.want}`);
      continue;
    }
    values.set(entry.path, value);
    origins.set(entry.path, place);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  const config = assemble(values, sources.machine);
  return { config, origins, warnings: environment.warnings, words: flags.words };
}

interface FileReading {
  readonly assignments: readonly Assignment[];
  readonly problems: readonly string[];
}

function readNamedFile(name: string, readFile: (name: string) => string): FileReading {
  let file: ConfigFile;
  try {
    file = { name, text: readFile(name) };
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    return { assignments: [], problems: [`cannot read configuration file ${name}: ${cause}`] };
  }
  return readConfigFile(file);
}

function assemble(values: ReadonlyMap<string, unknown>, machine: MachineFacts): GyreConfig {
  const config: Record<string, unknown> = {};
  for (const entry of CONFIG_ENTRIES) {
    const value = values.has(entry.path) ? values.get(entry.path) : entry.option.fallback(machine);
    if (entry.section === null) {
      config[entry.field] = value;
      continue;
    }
    const section = (config[entry.section] ??= {}) as Record<string, unknown>;
    section[entry.field] = value;
  }
  for (const section of Object.values(config)) Object.freeze(section);
  // The schema covers every field of GyreConfig with an option of its type (config-schema.ts).
  return Object.freeze(config) as unknown as GyreConfig;
}
