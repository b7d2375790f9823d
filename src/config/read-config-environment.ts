/**
 * Options in the environment: `GYRE_SECTION_OPTION`. Names nobody knows are not errors, because
 * orchestrators put names of their own there (`GYRE_PORT_8428_TCP`); a name that looks like a
 * typing error is worth a warning.
 */
import type { Assignment } from "./assignment.ts";
import { CONFIG_ENTRIES } from "./config-schema.ts";
import { nearestName } from "./nearest-name.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface EnvironmentReading {
  readonly assignments: readonly Assignment[];
  readonly configFile: string | null;
  readonly warnings: readonly string[];
}

const PREFIX = "GYRE_";
const CONFIG_VARIABLE = "GYRE_CONFIG";

export function readConfigEnvironment(environment: Environment): EnvironmentReading {
  const assignments: Assignment[] = [];
  const warnings: string[] = [];
  const known = CONFIG_ENTRIES.map((entry) => entry.variable);
  for (const variable of Object.keys(environment).sort()) {
    const text = environment[variable];
    if (!variable.startsWith(PREFIX) || variable === CONFIG_VARIABLE) continue;
    // An empty variable is how shells and unit files say "not set".
    if (text === undefined || text === "") continue;
    const entry = CONFIG_ENTRIES.find((candidate) => candidate.variable === variable);
    if (entry !== undefined) {
      assignments.push({ entry, text, place: variable });
      continue;
    }
    const near = nearestName(variable.slice(PREFIX.length), known.map(withoutPrefix));
    if (near !== null) warnings.push(`${variable}: unknown, did you mean ${PREFIX}${near}?`);
  }
  const configFile = environment[CONFIG_VARIABLE] ?? "";
  return { assignments, warnings, configFile: configFile === "" ? null : configFile };
}

function withoutPrefix(variable: string): string {
  return variable.slice(PREFIX.length);
}
