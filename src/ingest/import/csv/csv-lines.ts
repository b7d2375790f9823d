/**
 * Reads CSV by a format: one sample for each metric column with a value. Fields may stand in double
 * or single quotes, a doubled quote inside is one; a record never spans lines.
 */
import { labelsOf, METRIC_NAME } from "#model/labels.ts";
import { parseFloat64 } from "#model/parse-float.ts";
import { checkTimestamp } from "../check-timestamp.ts";
import type { ImportSeries } from "../import-series.ts";
import { LineFault } from "../line-fault.ts";
import type { LineReader } from "../line-reader.ts";
import type { CsvColumns } from "./csv-columns.ts";

const SHOWN_CHARACTERS_MAX = 40;

export function csvLines(format: CsvColumns): LineReader {
  const columns = [...format.metrics, ...format.labels, ...(format.time ? [format.time] : [])];
  const needed = Math.max(...columns.map(({ index }) => index)) + 1;
  return {
    read(line, nowMs) {
      if (line.trim() === "") return [];
      const fields = splitFields(line);
      if (fields.length < needed) {
        throw new LineFault(`got ${fields.length} columns, want ${needed}`);
      }
      return readFields(format, fields, nowMs);
    },
  };
}

function readFields(format: CsvColumns, fields: readonly string[], nowMs: number): ImportSeries[] {
  const pairs = format.labels.map(({ index, name }) => [name, fields[index]!] as const);
  const timestamps = Float64Array.of(readTime(format, fields, nowMs));
  const series: ImportSeries[] = [];
  for (const { index, name } of format.metrics) {
    const text = fields[index]!.trim();
    if (text === "") continue;
    const value = parseFloat64(text);
    if (value === null) throw new LineFault(`got ${shown(text)} as ${name}, want a number`);
    const labels = labelsOf([[METRIC_NAME, name], ...pairs]);
    series.push({ labels, values: Float64Array.of(value), timestamps });
  }
  return series;
}

function readTime({ time }: CsvColumns, fields: readonly string[], nowMs: number): number {
  if (time === null) return nowMs;
  const text = fields[time.index]!.trim();
  const ms = time.read(text);
  if (ms === null) throw new LineFault(`got ${shown(text)} as time, want it in the given format`);
  return checkTimestamp(ms);
}

function splitFields(line: string): string[] {
  if (!line.includes('"') && !line.includes("'")) return line.split(",");
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const quote = line[at];
    if (quote === '"' || quote === "'") {
      const { text, end } = readQuoted(line, at, quote);
      fields.push(text);
      at = end;
    } else {
      const comma = line.indexOf(",", at);
      const end = comma < 0 ? line.length : comma;
      fields.push(line.slice(at, end));
      at = end;
    }
    if (at >= line.length) return fields;
    if (line[at] !== ",") throw new LineFault(`got ${shown(line.slice(at))} behind a quoted field`);
    at++;
  }
}

function readQuoted(line: string, start: number, quote: string): { text: string; end: number } {
  let text = "";
  for (let at = start + 1; ;) {
    const close = line.indexOf(quote, at);
    if (close < 0) throw new LineFault(`got no end of the quoted field at column ${start + 1}`);
    text += line.slice(at, close);
    if (line[close + 1] !== quote) return { text, end: close + 1 };
    text += quote;
    at = close + 2;
  }
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, SHOWN_CHARACTERS_MAX));
}
