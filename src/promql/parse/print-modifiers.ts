/** What follows a selector or subquery and what stands in an operator's matching, as text. */
import { formatFloatCompact } from "#model/format-float.ts";
import type { AtModifier, DurationExpr, RangeEdges, VectorMatching } from "./ast.ts";
import { formatDurationText } from "./duration-text.ts";
import { quote } from "./go-quote.ts";
import { printDuration } from "./print-duration.ts";

const PLAIN_LABEL = /^[A-Za-z_][A-Za-z0-9_]*$/;

export function printLabels(labels: readonly string[]): string {
  return labels.map(printLabel).join(", ");
}

/** Quoted when it is not a name of the old kind. */
export function printLabel(label: string): string {
  return PLAIN_LABEL.test(label) ? label : quote(label);
}

export function printEdges(edges: RangeEdges): string {
  return edges === "plain" ? "" : ` ${edges}`;
}

export function printAt(at: AtModifier | null): string {
  if (at === null) return "";
  return at.kind === "time" ? ` @ ${(at.ms / 1000).toFixed(3)}` : ` @ ${at.kind}()`;
}

export function printOffset(ms: number, expr: DurationExpr | null): string {
  if (expr !== null) return ` offset ${printDuration(expr)}`;
  return ms === 0 ? "" : ` offset ${formatDurationText(ms)}`;
}

/** Starts with a space unless there is nothing to say. */
export function printMatching(matching: VectorMatching | null): string {
  if (matching === null) return "";
  const { cardinality, on, labels, include, fillLeft, fillRight } = matching;
  const grouped = cardinality === "many-to-one" || cardinality === "one-to-many";
  let text = "";
  if (labels.length > 0 || on || grouped) {
    text += ` ${on ? "on" : "ignoring"} (${printLabels(labels)})`;
  }
  if (grouped) {
    const side = cardinality === "many-to-one" ? "left" : "right";
    text += ` group_${side} (${printLabels(include)})`;
  }
  return text + printFill(fillLeft, fillRight);
}

function printFill(left: number | null, right: number | null): string {
  if (left !== null && left === right) return ` fill (${formatFloatCompact(left)})`;
  let text = "";
  if (left !== null) text += ` fill_left (${formatFloatCompact(left)})`;
  if (right !== null) text += ` fill_right (${formatFloatCompact(right)})`;
  return text;
}
