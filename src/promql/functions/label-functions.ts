/** `label_replace` and `label_join`: they look at labels only, never at samples. */
import { type Labels, labelValue, METRIC_NAME } from "#model/labels.ts";
import { type CompiledTemplate, compileReplace } from "#model/regex-replace.ts";
import { withLabel } from "../columns/label-edit.ts";
import { mergeEqualRows } from "../columns/merge-rows.ts";
import { inRowSlices } from "../columns/row-slices.ts";
import type { SeriesMatrix } from "../columns/series-matrix.ts";
import { executionError } from "../query-errors.ts";
import type { VectorCall, VectorFunction } from "./vector-call.ts";

/** Cost of a regular expression and a new label set, in cells. */
const RELABEL_UNITS = 256;

export const labelReplace: VectorFunction = async (call) => {
  const [target, template, source, pattern] = call.plan.strings as [string, string, string, string];
  let replace: CompiledTemplate;
  try {
    replace = compileReplace(pattern, template);
  } catch {
    throw executionError(`invalid regular expression in label_replace(): ${pattern}`);
  }
  assertLabelName(target, "destination", "label_replace");
  return relabel(call, target, (labels) => replace(labelValue(labels, source)));
};

export const labelJoin: VectorFunction = async (call) => {
  const [target, separator, ...sources] = call.plan.strings as [string, string, ...string[]];
  for (const source of sources) assertLabelName(source, "source", "label_join");
  assertLabelName(target, "destination", "label_join");
  return relabel(call, target, (labels) =>
    sources.map((source) => labelValue(labels, source)).join(separator),
  );
};

/** Sets `target` to what `valueOf` says; null leaves a row alone. */
async function relabel(
  call: VectorCall,
  target: string,
  valueOf: (labels: Labels) => string | null,
): Promise<SeriesMatrix> {
  const matrix = call.vectors[0]!;
  const { labels, dropName } = matrix;
  await inRowSlices(labels.length, RELABEL_UNITS, call.pace, (from, to) => {
    for (let row = from; row < to; row++) {
      const value = valueOf(labels[row]!);
      if (value === null) continue;
      labels[row] = withLabel(labels[row]!, target, value);
      if (target === METRIC_NAME) dropName[row] = 0;
    }
  });
  return mergeEqualRows(matrix, call.pace);
}

function assertLabelName(name: string, role: string, fn: string): void {
  if (name !== "" && name.isWellFormed()) return;
  throw executionError(`invalid ${role} label name in ${fn}(): ${name}`);
}
