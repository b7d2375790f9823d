/**
 * Renders metric families in the Prometheus text format 0.0.4: the answer to `GET /metrics`.
 * Escapes are the format's own: backslash and newline in help, these and quotes in label values.
 */
import type { MetricFamily, MetricSample } from "./metric-snapshot.ts";

export const EXPOSITION_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export function renderExposition(families: readonly MetricFamily[]): string {
  const lines: string[] = [];
  for (const family of families) {
    lines.push(`# HELP ${family.name} ${escapeHelp(family.help)}`);
    lines.push(`# TYPE ${family.name} ${family.type}`);
    for (const sample of family.samples) {
      lines.push(
        `${family.name}${sample.suffix}${renderLabels(sample)} ${renderValue(sample.value)}`,
      );
    }
  }
  lines.push("");
  return lines.join("\n");
}

function renderLabels(sample: MetricSample): string {
  if (sample.labels.length === 0) return "";
  const pairs = sample.labels.map(([name, value]) => `${name}="${escapeValue(value)}"`);
  return `{${pairs.join(",")}}`;
}

function renderValue(value: number): string {
  if (value === Infinity) return "+Inf";
  if (value === -Infinity) return "-Inf";
  // JavaScript prints the shortest digits that read back the same float64, "-0" excepted.
  return Object.is(value, -0) ? "-0" : String(value);
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function escapeValue(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}
