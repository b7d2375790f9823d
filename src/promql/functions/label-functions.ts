/** `label_replace` and `label_join`: they look at labels only, never at samples. */
import { type Labels, labelValue, METRIC_NAME } from "#model/labels.ts";
import { type CompiledTemplate, compileReplace } from "#model/regex-replace.ts";
import { withLabel } from "../columns/label-edit.ts";
import { mergeEqualRows } from "../columns/merge-rows.ts";
import type { SeriesMatrix } from "../columns/series-matrix.ts";
import { executionError } from "../query-errors.ts";
import type { VectorFunction } from "./vector-call.ts";

export const labelReplace: VectorFunction = (call) => {
  const [target, template, source, pattern] = call.plan.strings as [string, string, string, string];
  let replace: CompiledTemplate;
  try {
    replace = compileReplace(pattern, template);
  } catch {
    throw executionError(`invalid regular expression in label_replace(): ${pattern}`);
  }
  assertLabelName(target, "destination", "label_replace");
  return relabel(call.vectors[0]!, target, (labels) => replace(labelValue(labels, source)));
};

export const labelJoin: VectorFunction = (call) => {
  const [target, separator, ...sources] = call.plan.strings as [string, string, ...string[]];
  for (const source of sources) assertLabelName(source, "source", "label_join");
  assertLabelName(target, "destination", "label_join");
  return relabel(call.vectors[0]!, target, (labels) =>
    sources.map((source) => labelValue(labels, source)).join(separator),
  );
};

/** Sets `target` to what `valueOf` says; null leaves a row alone. */
function relabel(
  matrix: SeriesMatrix,
  target: string,
  valueOf: (labels: Labels) => string | null,
): SeriesMatrix {
  for (let row = 0; row < matrix.labels.length; row++) {
    const value = valueOf(matrix.labels[row]!);
    if (value === null) continue;
    matrix.labels[row] = withLabel(matrix.labels[row]!, target, value);
    if (target === METRIC_NAME) matrix.dropName[row] = 0;
  }
  return mergeEqualRows(matrix);
}

function assertLabelName(name: string, role: string, fn: string): void {
  if (name !== "" && name.isWellFormed()) return;
  throw executionError(`invalid ${role} label name in ${fn}(): ${name}`);
}
