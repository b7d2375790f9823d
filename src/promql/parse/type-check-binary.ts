/**
 * Checks of binary operators: operand types, `bool`, vector matching. What was written between the
 * operands is judged even where the tree keeps none of it, because one side is no vector. Order of
 * the checks is upstream's, so the first finding is the same.
 */
import { must } from "#base/assert.ts";
import type { Binary, Pos, VectorMatching } from "./ast.ts";
import { quote } from "./go-quote.ts";
import { isSetOp } from "./make-binary.ts";
import { isSpace } from "./scanner.ts";
import type { TypeCheckContext } from "./type-check-context.ts";

const COMPARISONS: ReadonlySet<string> = new Set(["==", "!=", "<=", "<", ">=", ">"]);

export function checkBinary(context: TypeCheckContext, binary: Binary): void {
  const left = context.check(binary.left);
  const right = context.check(binary.right);
  const written = must(context.writtenMatchings.get(binary), "written matching");
  const isComparison = COMPARISONS.has(binary.op);
  if (binary.returnBool && !isComparison) {
    failAtOperator(context, binary, "bool modifier can only be used on comparison operators");
  }
  if (isComparison && !binary.returnBool && binary.resultType === "scalar") {
    failAtOperator(context, binary, "comparisons between scalars must use BOOL modifier");
  }
  const shared = written.on ? written.labels.find((l) => written.include.includes(l)) : undefined;
  if (shared !== undefined) {
    const reason = `label ${quote(shared)} must not occur in ON and GROUP clause at once`;
    failAtOperator(context, binary, reason);
  }
  for (const [side, type] of [[binary.left, left] as const, [binary.right, right] as const]) {
    if (type === "scalar" || type === "vector") continue;
    const reason = "binary expression must contain only scalar and instant vector types";
    context.fail(side.pos, reason);
  }
  checkMatching(context, binary, written);
}

function checkMatching(context: TypeCheckContext, binary: Binary, written: VectorMatching): void {
  const { pos, op, matching } = binary;
  const fills = written.fillLeft !== null || written.fillRight !== null;
  if (matching === null) {
    if (written.labels.length > 0) {
      context.fail(pos, "vector matching only allowed between instant vectors");
    }
    if (fills) {
      context.fail(pos, "filling in missing series only allowed between instant vectors");
    }
    if (isSetOp(op)) {
      context.fail(pos, `set operator ${quote(op)} not allowed in binary scalar expression`);
    }
  } else if (isSetOp(op)) {
    if (matching.cardinality !== "many-to-many") {
      context.fail(pos, `no grouping allowed for ${quote(op)} operation`);
    }
    if (fills) context.fail(pos, "filling in missing series not allowed for set operators");
  }
}

function failAtOperator(context: TypeCheckContext, binary: Binary, reason: string): never {
  return context.fail(operatorPos(context.text, binary), reason);
}

/** What stands between the operands, without the spaces around it. */
function operatorPos(text: string, { left, right }: Binary): Pos {
  let { end: start } = left.pos;
  let { start: end } = right.pos;
  while (isSpace(text[start] ?? "")) start++;
  while (isSpace(text[end - 1] ?? "")) end--;
  return { start, end };
}
