/**
 * JSON lines as VictoriaMetrics writes them: `{"metric":{...},"values":[...],"timestamps":[...]}`.
 * Values that JSON has no numbers for are `null` (NaN) or strings; writers that put them bare are
 * understood too. Every NaN becomes the ordinary one: JSON carries no payload.
 */
import { type Labels, labelsOf } from "#model/labels.ts";
import { checkTimestamp } from "./check-timestamp.ts";
import type { ImportSeries } from "./import-series.ts";
import { LineFault } from "./line-fault.ts";
import type { LineReader } from "./line-reader.ts";

const SPECIAL_VALUES: ReadonlyMap<unknown, number> = new Map<unknown, number>([
  [null, Number.NaN],
  ...["null", "Null", "nan", "NaN", "+NaN", "-NaN"].map((text) => [text, Number.NaN] as const),
  ...["infinity", "Infinity", "inf", "Inf"].flatMap((text) => [
    [text, Number.POSITIVE_INFINITY] as const,
    [`+${text}`, Number.POSITIVE_INFINITY] as const,
    [`-${text}`, Number.NEGATIVE_INFINITY] as const,
  ]),
]);

/** No JSON string can hold an unescaped quote, so this is the array itself. */
const VALUES = /"values"\s*:\s*\[[^\]]*\]/;
/** Strings are matched to be passed over. */
const STRING_OR_SPECIAL = /"[^"]*"|[+-]?(?:infinity|inf|nan)/gi;
const SHOWN_CHARACTERS_MAX = 40;

export const JSON_LINES: LineReader = {
  read(line) {
    if (line.trim() === "") return [];
    const { metric, values, timestamps } = recordOf(parse(line));
    const columns = columnsOf(values, timestamps);
    return [{ labels: labelsIn(metric), ...columns }];
  },
};

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    const quoted = line.replace(VALUES, (array) =>
      array.replaceAll(STRING_OR_SPECIAL, (text) => (text.startsWith('"') ? text : `"${text}"`)),
    );
    if (quoted !== line) {
      try {
        return JSON.parse(quoted);
      } catch {
        // The line as it came is the one to talk about.
      }
    }
    throw new LineFault(`got no JSON: ${(error as Error).message}`);
  }
}

function recordOf(value: unknown): Partial<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new LineFault("got no object, want one with metric, values and timestamps");
}

function labelsIn(metric: unknown): Labels {
  if (typeof metric !== "object" || metric === null || Array.isArray(metric)) {
    throw new LineFault("got no object metric, want one of label names and values");
  }
  const pairs = Object.entries(metric as Record<string, unknown>);
  for (const [name, value] of pairs) {
    if (typeof value === "string" && name !== "") continue;
    throw new LineFault(`got label ${shown(name)} with value ${shown(value)}, want strings`);
  }
  return labelsOf(pairs as [string, string][]);
}

function columnsOf(values: unknown, timestamps: unknown): Omit<ImportSeries, "labels"> {
  if (!Array.isArray(values)) throw new LineFault("got no array values");
  if (!Array.isArray(timestamps)) throw new LineFault("got no array timestamps");
  const count = values.length;
  if (count === 0) throw new LineFault("got no values, want at least one");
  if (timestamps.length !== count) {
    throw new LineFault(`got ${timestamps.length} timestamps for ${count} values, want as many`);
  }
  const columns = { values: new Float64Array(count), timestamps: new Float64Array(count) };
  for (let i = 0; i < count; i++) {
    columns.values[i] = valueOf(values[i], i);
    const ms: unknown = timestamps[i];
    if (typeof ms !== "number") throw new LineFault(`got timestamp ${shown(ms)}, want a number`);
    columns.timestamps[i] = checkTimestamp(ms);
  }
  return columns;
}

function valueOf(value: unknown, index: number): number {
  if (typeof value === "number") return value;
  const special = SPECIAL_VALUES.get(value);
  if (special !== undefined) return special;
  throw new LineFault(`got ${shown(value)} as value ${index + 1}, want a number`);
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? "nothing").slice(0, SHOWN_CHARACTERS_MAX);
}
