/** The text format of metrics pages, each sample with its time. */
import { formatFloatCompact } from "#model/format-float.ts";
import { type Labels, METRIC_NAME } from "#model/labels.ts";
import type { ExportWriter } from "./export-writer.ts";

const METRIC_NAME_PLAIN = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME_PLAIN = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

export const TEXT_EXPORT: ExportWriter = {
  contentType: "text/plain; version=0.0.4; charset=utf-8",
  write({ labels, timestamps, values, from, to }) {
    const series = seriesText(labels);
    let text = "";
    for (let i = from; i < to; i++) {
      text += `${series} ${formatFloatCompact(values[i]!)} ${timestamps[i]!}\n`;
    }
    return text;
  },
};

/** Names beyond the old alphabet go into the braces, in quotes. */
function seriesText(labels: Labels): string {
  let name = "";
  const parts: string[] = [];
  for (let i = 0; i < labels.length; i += 2) {
    const key = labels[i]!;
    const value = labels[i + 1]!;
    if (key !== METRIC_NAME) {
      const isPlain = LABEL_NAME_PLAIN.test(key);
      parts.push(`${isPlain ? key : quoted(key)}=${quoted(value)}`);
    } else if (METRIC_NAME_PLAIN.test(value)) name = value;
    else parts.unshift(quoted(value));
  }
  return parts.length === 0 ? name : `${name}{${parts.join(",")}}`;
}

function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
