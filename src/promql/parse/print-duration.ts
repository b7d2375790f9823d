/** Duration expressions and literal durations as canonical text. */
import { formatFloat } from "#model/format-float.ts";
import type { DurationExpr, NumberLiteral } from "./ast.ts";
import { formatDurationText } from "./duration-text.ts";
import { secondsToMs } from "./duration-literal.ts";

/** Reads back as 0 ms, which `0s` would not: a written range must be greater than 0. */
const SUB_MILLISECOND = "0.0001";

export function printDuration(expr: DurationExpr): string {
  switch (expr.kind) {
    case "number":
      return printNumber(expr);
    case "duration-binary":
      return `${printDuration(expr.left)} ${expr.op} ${printDuration(expr.right)}`;
    case "duration-negation":
      return `-${printDuration(expr.expr)}`;
    case "duration-paren":
      return `(${printDuration(expr.expr)})`;
    case "duration-call":
      return `${expr.name}(${expr.args.map(printDuration).join(", ")})`;
  }
}

/** A literal written as a duration stays one. */
export function printNumber({ value, isDuration }: NumberLiteral): string {
  if (!isDuration) return formatFloat(value);
  // Negative zero has a sign, so it reads back as it is.
  return Object.is(value, -0) ? "-0s" : formatDurationText(secondsToMs(value));
}

/** The length in brackets; a literal below a millisecond keeps its meaning, which is 0 ms. */
export function printLength(ms: number, expr: DurationExpr | null): string {
  if (expr !== null) return printDuration(expr);
  return ms === 0 ? SUB_MILLISECOND : formatDurationText(ms);
}
