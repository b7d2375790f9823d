/** Help, printed from the commands and the configuration schema. */
import { CONFIG_ENTRIES } from "#config/config-schema.ts";
import type { Command } from "./command.ts";

export function mainHelp(commands: readonly Command[]): string {
  return [
    "Gyre stores and queries metrics; it speaks Prometheus on every side.",
    "",
    "Usage: gyre <command> [flags]",
    "",
    "Commands:",
    ...columns(commands.map(({ name, summary }) => [name, summary])),
    "",
    "gyre <command> --help says more. Options of serve and check:",
    ...configLines(),
    "",
    "Each also as GYRE_... in the environment and in a file; see src/config/REFERENCE.md.",
  ].join("\n");
}

export function commandHelp(command: Command): string {
  const flags = command.flags.map(
    ({ name, value, description }) =>
      [`--${name}${value === null ? "" : ` <${value}>`}`, description] as const,
  );
  return [
    `gyre ${command.name}: ${command.summary}`,
    "",
    `Usage: gyre ${command.name} ${command.usage}`.trimEnd(),
    ...(flags.length === 0 ? [] : ["", "Flags:", ...columns(flags)]),
    ...(command.takesConfig ? ["", "Options:", ...configLines()] : []),
  ].join("\n");
}

function configLines(): string[] {
  const file = ["--config <file>", "read options from a YAML file"] as const;
  const short = ["--listen <address>", "short for --http.listen"] as const;
  const options = CONFIG_ENTRIES.map(({ path, option }) => {
    const value = option.kind;
    const note = `${option.description} Default: ${option.defaultText}.`;
    return [`--${path} <${value}>`, note] as const;
  });
  return columns([file, short, ...options]);
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
