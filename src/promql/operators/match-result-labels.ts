/** The labels of what comes out when a pair of series is joined by a binary operator. */
import { type Labels, labelValue } from "#model/labels.ts";
import { dropLabels, dropMetricLabels, keepLabels, withLabel } from "../columns/label-edit.ts";
import type { VectorMatching } from "../parse/ast.ts";

/** `many` and `one` are the sides of the cardinality; for one-to-one `many` is the left side. */
export function matchResultLabels(
  many: Labels,
  one: Labels,
  matching: VectorMatching,
  dropsName: boolean,
): Labels {
  let labels = dropsName ? dropMetricLabels(many) : many;
  if (matching.cardinality === "one-to-one") {
    labels = matching.on
      ? keepLabels(labels, matching.labels)
      : dropLabels(labels, matching.labels);
  }
  for (const name of matching.include) labels = withLabel(labels, name, labelValue(one, name));
  return labels;
}

/** The labels a missing partner is taken to have. */
export function matchGroupLabels(labels: Labels, matching: VectorMatching): Labels {
  if (matching.on) return keepLabels(labels, matching.labels);
  return dropLabels(labels, ["__name__", ...matching.labels]);
}
