/** Constant parts of a query computed ahead of time. */
import { expect, test } from "vitest";
import { foldConstants } from "#promql/analyze/fold-constants.ts";
import type { BinaryOp } from "#promql/parse/ast.ts";
import { parsePromql } from "#promql/parse/parse-promql.ts";
import { printPromql } from "#promql/parse/print.ts";

function arithmetic(op: BinaryOp, left: number, right: number): number {
  if (op === "+") return left + right;
  if (op === "*") return left * right;
  return op === ">" ? Number(left > right) : Number.NaN;
}

test.each([
  ["1 + 2 * 3", "7"],
  ["-(1 + 2) * foo", "-3 * foo"],
  ["foo * (2 * 3)", "foo * 6"],
  ["foo + 1 + 2", "foo + 1 + 2"],
  ["clamp(foo, 1 + 1, (2 > bool 1))", "clamp(foo, 2, 1)"],
  ["+(5) + foo", "5 + foo"],
  ["vector(1) + 1", "vector(1) + 1"],
])("%s folds to %s", (text, want) => {
  expect(printPromql(foldConstants(parsePromql(text), arithmetic))).toBe(want);
});

test("the number stands where the expression stood", () => {
  const folded = foldConstants(parsePromql("foo * (1 + 2)"), arithmetic);
  expect(folded).toMatchObject({ right: { kind: "number", pos: { start: 6, end: 13 } } });
});
