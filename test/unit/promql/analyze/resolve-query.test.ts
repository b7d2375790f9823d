/** Queries made ready for a window: durations, times, context functions, invariant parts. */
import { expect, test } from "vitest";
import { resolveQuery } from "#promql/analyze/resolve-query.ts";
import type { Expr } from "#promql/parse/ast.ts";
import { ALL_PARSE_FEATURES } from "#promql/parse/parse-options.ts";
import { parsePromql } from "#promql/parse/parse-promql.ts";

const RANGE = { startMs: 1_000_000, endMs: 1_600_000, stepMs: 30_000 };
const INSTANT = { startMs: 1_000_000, endMs: 1_000_000, stepMs: 0 };

function resolve(text: string, window = RANGE): Expr {
  return resolveQuery(parsePromql(text, ALL_PARSE_FEATURES), window, text);
}

/** The tree as text with `<...>` around what is evaluated once. */
function marked(expr: Expr): string {
  switch (expr.kind) {
    case "step-invariant":
      return `<${marked(expr.expr)}>`;
    case "binary":
      return `${marked(expr.left)} ${expr.op} ${marked(expr.right)}`;
    case "unary":
    case "paren":
      return `${expr.kind} ${marked(expr.expr)}`;
    case "call":
      return `${expr.func.name}(${expr.args.map(marked).join(", ")})`;
    case "aggregate":
      return `${expr.op}(${expr.param === null ? "" : `${marked(expr.param)}, `}${marked(expr.expr)})`;
    case "number":
    case "string":
      return String(expr.value);
    case "subquery":
      return `${marked(expr.expr)}[:]${expr.at === null ? "" : "@"}`;
    case "vector-selector":
      return expr.name + (expr.at === null ? "" : "@");
    case "matrix-selector":
      return `${expr.selector.name}[]${expr.selector.at === null ? "" : "@"}`;
  }
}

test.each([
  ["foo + bar", "foo + bar"],
  ["foo + bar @ 5", "foo + <bar@>"],
  ["foo @ 1 + bar @ 5", "<foo@ + bar@>"],
  ["foo * 2", "foo * 2"],
  ["foo * (2 + 3)", "foo * <2 + 3>"],
  ["1 + 2", "<1 + 2>"],
  ["5", "5"],
  ["sum(foo @ 5)", "<sum(foo@)>"],
  ["topk(scalar(bar), foo @ 5)", "topk(scalar(bar), <foo@>)"],
  ["rate(foo[5m] @ end())", "<rate(foo[]@)>"],
  ["foo[5m] @ 5", "foo[]@"],
  ["sum_over_time(foo[5m:] @ 5)", "<sum_over_time(foo[:]@)>"],
  ["sum_over_time((foo @ 5)[5m:])", "sum_over_time(<foo@>[:])"],
  ["time() + foo @ 5", "time() + <foo@>"],
  ["predict_linear(foo[5m] @ 5, 10)", "predict_linear(foo[]@, 10)"],
  ["timestamp(foo @ 5)", "<timestamp(foo@)>"],
  ["timestamp((foo @ 5))", "<timestamp(foo@)>"],
  ["timestamp(abs(foo @ 5))", "timestamp(<abs(foo@)>)"],
  ["hour(foo @ 5)", "hour(<foo@>)"],
  ["((foo)) + ((bar))", "foo + bar"],
  ["foo * start()", "foo * 1000"],
  ["foo * (end() - range() * step())", "foo * <1600 - 600 * 30>"],
  ["-(foo @ 5)", "<unary foo@>"],
  ["vector(pi())", "<vector(pi())>"],
])("%s becomes %s", (text, want) => {
  expect(marked(resolve(text))).toBe(want);
});

test("step() is 0 in an instant query", () => {
  expect(marked(resolve("foo * step() + range()", INSTANT))).toBe("foo * 0 + 0");
});

test.each([
  ["foo[step() * 2]", { rangeMs: 60_000, rangeExpr: null }],
  ["foo[range() % 7m]", { rangeMs: 180_000 }],
  ["foo[min_of(1h, max_of(step(), 1m))]", { rangeMs: 60_000 }],
  ["foo[2 ^ 3]", { rangeMs: 8000 }],
  ["foo[-(-5m) / 3]", { rangeMs: 100_000 }],
  ["foo[1.0009 + 0]", { rangeMs: 1000 }],
  ["foo[5m] offset -step()", { selector: { offsetMs: -30_000, offsetExpr: null } }],
  ["foo[5m] @ start()", { selector: { at: { kind: "time", ms: 1_000_000 } } }],
  [
    "foo[1h:step() / 2] @ end() offset (step() - 1m)",
    {
      stepMs: 15_000,
      stepExpr: null,
      offsetMs: -30_000,
      at: { kind: "time", ms: 1_600_000 },
    },
  ],
  ["foo[1h:]", { stepMs: null }],
])("%s", (text, want) => {
  expect(resolve(text)).toMatchObject(want);
});

test.each([
  ["foo[5m - 10m]", "1:5: parse error: duration must be greater than 0"],
  ["foo[1h:1m - range()]", "1:8: parse error: duration must be greater than 0"],
  ["foo offset (1 / (step() - 30))", "1:13: parse error: division by zero"],
  ["foo offset (1 % (step() - 30))", "1:13: parse error: modulo by zero"],
  ["foo[10 ^ 400 + 1]", "1:5: parse error: duration is NaN or infinite"],
  ["foo offset (10 ^ 300)", "1:12: parse error: duration is out of range"],
  ["foo[5m:0.0001 + 0]", "1:8: parse error: duration must be greater than 0"],
])("%s cannot be resolved", (text, message) => {
  expect(() => resolve(text)).toThrow(message);
});

test("the parsed tree stays as it was", () => {
  const text = "rate(foo[step()] @ start()) + bar @ 5";
  const parsed = parsePromql(text, ALL_PARSE_FEATURES);
  const before = JSON.stringify(parsed);
  resolveQuery(parsed, RANGE, text);
  expect(JSON.stringify(parsed)).toBe(before);
});

test("a tree with nothing to resolve comes back itself", () => {
  const parsed = parsePromql("sum by (a) (rate(foo[5m])) / on (a) bar offset 5m");
  expect(resolveQuery(parsed, RANGE, "")).toBe(parsed);
});
