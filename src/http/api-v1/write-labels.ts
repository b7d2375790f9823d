/** A label set as a JSON object, in the order of the set. */
import type { Labels } from "#model/labels.ts";
import type { JsonBytes } from "./json-bytes.ts";

export function writeLabels(json: JsonBytes, labels: Labels): void {
  json.raw("{");
  for (let i = 0; i < labels.length; i += 2) {
    if (i > 0) json.raw(",");
    json
      .string(labels[i]!)
      .raw(":")
      .string(labels[i + 1]!);
  }
  json.raw("}");
}
