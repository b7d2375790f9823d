/**
 * JSON lines that `/api/v1/import` takes back bit for bit. What JSON has no number for is written as
 * VictoriaMetrics does: infinities as strings, every NaN as `null`. So the payload of a NaN is lost,
 * and a staleness marker comes back as an ordinary NaN.
 */
import { labelsRecord } from "#model/labels.ts";
import type { ExportWriter } from "./export-writer.ts";

export const JSON_EXPORT: ExportWriter = {
  contentType: "application/stream+json; charset=utf-8",
  write({ labels, timestamps, values, from, to }) {
    const metric = JSON.stringify(labelsRecord(labels));
    const times = timestamps.subarray(from, to).join(",");
    return `{"metric":${metric},"values":[${valuesText(values, from, to)}],"timestamps":[${times}]}\n`;
  },
};

function valuesText(values: Float64Array, from: number, to: number): string {
  const run = values.subarray(from, to);
  if (isPlain(run)) return run.join(",");
  return Array.from(run, valueText).join(",");
}

/** Everything but infinities, NaN and -0 is a JSON number as JavaScript prints it. */
function isPlain(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value - value !== 0 || Object.is(value, -0)) return false;
  }
  return true;
}

function valueText(value: number): string {
  if (Object.is(value, -0)) return "-0";
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return "null";
  return value > 0 ? '"Infinity"' : '"-Infinity"';
}
