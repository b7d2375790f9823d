/** A label set as error messages show it: `{__name__="up", job="a"}`. */
import type { Labels } from "#model/labels.ts";
import { quote } from "../parse/go-quote.ts";

export function formatLabels(labels: Labels): string {
  const pairs: string[] = [];
  for (let i = 0; i < labels.length; i += 2) {
    const name = labels[i]!;
    const shown = /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) ? name : quote(name);
    pairs.push(`${shown}=${quote(labels[i + 1]!)}`);
  }
  return `{${pairs.join(", ")}}`;
}
