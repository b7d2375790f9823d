/**
 * A configuration as text again: every option by its path, and all of them as a file that gives the
 * same configuration when it is read.
 */
import { formatDuration } from "#base/units/duration.ts";
import { CONFIG_ENTRIES, type ConfigEntry } from "./config-schema.ts";
import type { GyreConfig } from "./gyre-config.ts";

/** By path, in the order of the reference. */
export function configTexts(config: GyreConfig): Readonly<Record<string, string>> {
  return Object.fromEntries(CONFIG_ENTRIES.map((entry) => [entry.path, textOf(entry, config)]));
}

export function configYaml(config: GyreConfig): string {
  const lines: string[] = [];
  let section: string | null = null;
  for (const entry of CONFIG_ENTRIES) {
    if (entry.section !== section && entry.section !== null) lines.push(`${entry.section}:`);
    ({ section } = entry);
    const indent = section === null ? "" : "  ";
    lines.push(`${indent}${entry.name}: ${yamlOf(entry, config)}`);
  }
  return `${lines.join("\n")}\n`;
}

function textOf(entry: ConfigEntry, config: GyreConfig): string {
  const value = valueOf(entry, config);
  if (value === Number.POSITIVE_INFINITY) return "unlimited";
  if (entry.option.kind === "duration") return formatDuration(value as number);
  if (isAddress(value)) {
    return `${value.host.includes(":") ? `[${value.host}]` : value.host}:${value.port}`;
  }
  return Array.isArray(value) ? value.join(",") : String(value);
}

/** JSON is YAML. */
function yamlOf(entry: ConfigEntry, config: GyreConfig): string {
  const value = valueOf(entry, config);
  return JSON.stringify(Array.isArray(value) ? value : textOf(entry, config));
}

function valueOf({ section, field }: ConfigEntry, config: GyreConfig): unknown {
  const settings: unknown = section === null ? config : config[section as keyof GyreConfig];
  return (settings as Readonly<Record<string, unknown>>)[field];
}

function isAddress(value: unknown): value is { readonly host: string; readonly port: number } {
  return typeof value === "object" && value !== null && "host" in value && "port" in value;
}
