/**
 * Reads a script: commands `clear`, `load` and `eval`; the bodies of the last two end at an empty
 * line or a comment. Anything else is an error with its line.
 */
import { labelsKey } from "#model/labels.ts";
import { parseDurationText } from "../parse/duration-text.ts";
import type { LoadedSeries } from "./classic-to-native.ts";
import type { MemorySample } from "./memory-queryable.ts";
import { parseEvalCommand } from "./parse-eval-command.ts";
import { parseMetric } from "./parse-metric.ts";
import { parseStartValues } from "./parse-start-values.ts";
import { parseValues } from "./parse-values.ts";
import type { LoadCommand, ScriptCommand } from "./script-commands.ts";
import { scriptError } from "./script-error.ts";

const LOAD = /^load(?:_(with_nhcb))?\s+(.+?)$/;

/** Throws a `PROMQL_SCRIPT` error. */
export function parseScript(text: string, file: string): ScriptCommand[] {
  const lines = text.split("\n").map((line) => {
    const trimmed = line.trim();
    return trimmed.startsWith("#") ? "" : trimmed;
  });
  const commands: ScriptCommand[] = [];
  for (let at = 0; at < lines.length; at++) {
    const head = lines[at]!;
    if (head === "") continue;
    const word = head.split(/[\t ]+/, 1)[0]!.toLowerCase();
    const end = word === "clear" ? at + 1 : bodyEnd(lines, at + 1);
    const body = lines.slice(at + 1, end);
    try {
      if (word === "clear") commands.push({ kind: "clear" });
      else if (word.startsWith("load")) commands.push(parseLoad(head, body, at + 1));
      else if (word.startsWith("eval")) commands.push(parseEvalCommand(head, body, at + 1));
      else throw new Error(`invalid command ${JSON.stringify(head)}`);
    } catch (error) {
      throw scriptError(file, at + 1, error instanceof Error ? error.message : String(error));
    }
    at = end - 1;
  }
  return commands;
}

function bodyEnd(lines: readonly string[], from: number): number {
  const end = lines.indexOf("", from);
  return end === -1 ? lines.length : end;
}

function parseLoad(head: string, body: readonly string[], line: number): LoadCommand {
  const match = LOAD.exec(head);
  if (match === null) throw new Error("invalid load command, want load[_with_nhcb] <step>");
  const step = parseDurationText(match[2]!);
  if (!step.ok) throw new Error(`invalid step: ${step.problem}`);
  // A series named twice in one load keeps its last line only.
  const series = new Map<string, LoadedSeries>();
  let starts: { readonly key: string; readonly values: (number | null)[] } | null = null;
  for (const text of body) {
    if (/^\S*@st\s/.test(text)) {
      if (starts !== null) throw new Error("@st line has no following sample line");
      const [metric, values] = splitOnce(text, /@st\s+/);
      starts = { key: labelsKey(parseMetric(metric).labels), values: parseStartValues(values) };
      continue;
    }
    const { labels, rest } = parseMetric(text);
    const key = labelsKey(labels);
    if (starts !== null && starts.key !== key) {
      throw new Error("@st metric does not match the following sample line metric");
    }
    series.set(key, { labels, samples: samplesOf(rest, step.ms, starts?.values ?? null) });
    starts = null;
  }
  if (starts !== null) throw new Error("@st line has no following sample line");
  return { kind: "load", line, series: [...series.values()], withNative: match[1] !== undefined };
}

function samplesOf(
  text: string,
  stepMs: number,
  starts: readonly (number | null)[] | null,
): MemorySample[] {
  const values = parseValues(text);
  if (starts !== null && starts.length !== values.length) {
    throw new Error(`@st line has ${starts.length} values but sample line has ${values.length}`);
  }
  const samples: MemorySample[] = [];
  values.forEach((item, i) => {
    const timeMs = i * stepMs;
    const start = starts?.[i] ?? null;
    const startMs = start === null ? 0 : timeMs + start;
    if (item.kind === "float") samples.push({ timeMs, startMs, value: item.value });
    else if (item.kind === "stale") samples.push({ timeMs, startMs, value: "stale" });
    else if (item.kind === "histogram") samples.push({ timeMs, startMs, value: item.histogram });
  });
  return samples;
}

function splitOnce(text: string, separator: RegExp): [string, string] {
  const match = separator.exec(text)!;
  return [text.slice(0, match.index), text.slice(match.index + match[0].length)];
}
