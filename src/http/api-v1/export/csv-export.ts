/**
 * CSV with columns as the caller lists them, in the grammar of VictoriaMetrics: label names,
 * `__name__`, `__value__`, `__timestamp__:<format>`.
 */
import { type Labels, labelValue } from "#model/labels.ts";
import { badParameter } from "../api-errors.ts";
import type { ExportWriter } from "./export-writer.ts";

type Column =
  | { readonly kind: "label"; readonly name: string }
  | { readonly kind: "value" }
  | { readonly kind: "time"; readonly text: (ms: number) => string };

const NANOSECONDS_DIGITS = "000000";
const COLUMNS_MAX = 256;

/** Throws `http.bad-parameter`. */
export function csvExport(format: string): ExportWriter {
  const columns = format.split(",").map(columnOf);
  if (columns.length > COLUMNS_MAX) {
    throw badParameter("format", `got ${columns.length} columns, want at most ${COLUMNS_MAX}`);
  }
  return {
    contentType: "text/csv; charset=utf-8",
    write({ labels, timestamps, values, from, to }) {
      const fixed = columns.map((column) => fixedText(column, labels));
      let text = "";
      for (let i = from; i < to; i++) {
        const row = columns.map((column, at) => {
          if (column.kind === "value") return valueText(values[i]!);
          return column.kind === "time" ? column.text(timestamps[i]!) : fixed[at]!;
        });
        text += `${row.join(",")}\n`;
      }
      return text;
    },
  };
}

function columnOf(text: string): Column {
  if (text === "__value__") return { kind: "value" };
  if (!text.startsWith("__timestamp__")) {
    if (text !== "") return { kind: "label", name: text };
    throw badParameter("format", "got an empty column, want label names, __value__, __timestamp__");
  }
  const time = TIME_TEXTS.get(text.slice("__timestamp__".length));
  if (time !== undefined) return { kind: "time", text: time };
  const want = "want __timestamp__ with unix_s, unix_ms, unix_ns or rfc3339 behind a colon";
  throw badParameter("format", `got ${JSON.stringify(text)}, ${want}`);
}

const TIME_TEXTS: ReadonlyMap<string, (ms: number) => string> = new Map([
  ["", String],
  [":unix_s", (ms: number) => String(Math.floor(ms / 1000))],
  [":unix_ms", String],
  [":unix_ns", (ms: number) => (ms === 0 ? "0" : `${ms}${NANOSECONDS_DIGITS}`)],
  [":rfc3339", rfc3339],
]);

function rfc3339(ms: number): string {
  const date = new Date(ms);
  // A Date ends some hundred thousand years away; the number is all there is to say then.
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString().replace(".000Z", "Z");
}

function fixedText(column: Column, labels: Labels): string {
  return column.kind === "label" ? fieldText(labelValue(labels, column.name)) : "";
}

function fieldText(text: string): string {
  if (!/[",\r\n']/.test(text)) return text;
  // A record is one line, for readers that go line by line.
  return `"${text.replaceAll(/[\r\n]+/g, " ").replaceAll('"', '""')}"`;
}

function valueText(value: number): string {
  if (Object.is(value, -0)) return "-0";
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value);
  return value > 0 ? "+Inf" : "-Inf";
}
