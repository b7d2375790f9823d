/** What the parser accepts and the tree it builds. */
import { expect, test } from "vitest";
import type { DurationExpr, Expr } from "#promql/parse/ast.ts";
import { ALL_PARSE_FEATURES } from "#promql/parse/parse-options.ts";
import { parsePromql } from "#promql/parse/parse-promql.ts";

function parse(text: string): Expr {
  return parsePromql(text, ALL_PARSE_FEATURES);
}

/** Operators and operands in prefix form: what binds to what, without the noise. */
function prefix(expr: Expr): string {
  switch (expr.kind) {
    case "binary":
      return `(${expr.op} ${prefix(expr.left)} ${prefix(expr.right)})`;
    case "unary":
      return `(${expr.op} ${prefix(expr.expr)})`;
    case "paren":
      return `[${prefix(expr.expr)}]`;
    case "number":
      return String(expr.value);
    case "vector-selector":
      return expr.name;
    case "matrix-selector":
      return `(range ${expr.selector.name})`;
    case "subquery":
      return `(sub ${prefix(expr.expr)})`;
    case "aggregate":
      return `(${expr.op} ${prefix(expr.expr)})`;
    case "call":
      return `(${[expr.func.name, ...expr.args.map(prefix)].join(" ")})`;
    default:
      return expr.kind;
  }
}

function seconds(expr: DurationExpr): string {
  switch (expr.kind) {
    case "number":
      return String(expr.value);
    case "duration-binary":
      return `(${expr.op} ${seconds(expr.left)} ${seconds(expr.right)})`;
    case "duration-negation":
      return `(- ${seconds(expr.expr)})`;
    case "duration-paren":
      return `[${seconds(expr.expr)}]`;
    case "duration-call":
      return `(${[expr.name, ...expr.args.map(seconds)].join(" ")})`;
  }
}

test.each([
  ["a + b * c", "(+ a (* b c))"],
  ["a - b - c", "(- (- a b) c)"],
  ["a ^ b ^ c", "(^ a (^ b c))"],
  ["-a ^ b", "(- (^ a b))"],
  ["-a * b", "(* (- a) b)"],
  ["a ^ -b ^ c * d", "(* (^ a (- (^ b c))) d)"],
  ["a == b + c and d or e unless f", "(or (and (== a (+ b c)) d) (unless e f))"],
  ["a atan2 b + c", "(+ (atan2 a b) c)"],
  ["a </ 1 >/ b", "(>/ (</ a 1) b)"],
  ["(a + b) * c", "(* [(+ a b)] c)"],
  ["- -5", "5"],
  ["+-a", "(+ (- a))"],
  ["-a offset 5m", "(- a)"],
  ["rate(a[5m]) / 2", "(/ (rate (range a)) 2)"],
  ["sum(a) by (b) + 1", "(+ (sum a) 1)"],
  ["or or or", "(or or or)"],
  ["sum + by", "(+ sum by)"],
  ["start + start()", "(+ start (start))"],
  ["fill + fill(0) fill", "(+ fill fill)"],
  ["offset offset 5m", "offset"],
  ["Sum(a) + MAX by (x) (b)", "(+ (sum a) (max b))"],
  ["a Or b", "(or a b)"],
  ["1 # one\n + # plus\n 2", "(+ 1 2)"],
])("%s is %s", (text, want) => {
  expect(prefix(parse(text))).toBe(want);
});

test.each([
  ["0x1F", 31],
  ["0x_1f", 31],
  ["017", 15],
  ["09", 9],
  ["1_000.5", 1000.5],
  [".5", 0.5],
  ["5.", 5],
  ["1e3", 1000],
  ["1E-3", 0.001],
  ["inf", Number.POSITIVE_INFINITY],
  ["-Inf", Number.NEGATIVE_INFINITY],
  ["NaN", Number.NaN],
  ["1h30m", 5400],
  ["1y", 31_536_000],
  ["1ms", 0.001],
  ["9223372036854775807", 9223372036854775807n],
  ["0777777777777777777777777", 777777777777777777777777n],
])("%s is the number %s", (text, want) => {
  expect(parse(text)).toMatchObject({ kind: "number", value: Number(want) });
});

test.each([
  [String.raw`"\a\b\f\n\r\t\v\\\"'"`, "\u0007\b\f\n\r\t\v\\\"'"],
  [String.raw`'\'"'`, "'\""],
  [String.raw`"\x41\101\u00e9\U0001F600"`, "AAé😀"],
  [String.raw`"\xe2\x82\xac"`, "€"],
  [String.raw`"a\xffb"`, "a\udcffb"],
  ["`raw \\n\nline`", "raw \\n\nline"],
  ['""', ""],
])("%s is a string", (text, want) => {
  expect(parse(text)).toMatchObject({ kind: "string", value: want });
});

test("a selector keeps its matchers in order, the name last", () => {
  expect(parse(`foo:bar{a="b", 'c.d' !~ "e|f", g!=\`h\`,}`)).toEqual({
    kind: "vector-selector",
    name: "foo:bar",
    matchers: [
      { kind: "=", name: "a", value: "b" },
      { kind: "!~", name: "c.d", value: "e|f" },
      { kind: "!=", name: "g", value: "h" },
      { kind: "=", name: "__name__", value: "foo:bar" },
    ],
    offsetMs: 0,
    offsetExpr: null,
    at: null,
    edges: "plain",
    pos: { start: 0, end: 39 },
  });
});

test("a quoted string alone in the braces is the metric name", () => {
  expect(parse('{"my.metric", a="b"}')).toMatchObject({
    name: "",
    matchers: [
      { kind: "=", name: "__name__", value: "my.metric" },
      { kind: "=", name: "a", value: "b" },
    ],
  });
});

test.each([
  ["foo offset 5m @ 10 ", { offsetMs: 300_000, at: { kind: "time", ms: 10_000 } }],
  ["foo @ -1.5 offset -1h", { offsetMs: -3_600_000, at: { kind: "time", ms: -1500 } }],
  ["foo @ start() offset 90", { offsetMs: 90_000, at: { kind: "start" } }],
  ["foo offset +1w @ END ()", { offsetMs: 604_800_000, at: { kind: "end" } }],
  ["foo @ 1h", { at: { kind: "time", ms: 3_600_000 } }],
  ["foo smoothed", { edges: "smoothed" }],
  ["foo offset 0 offset 5m", { offsetMs: 300_000 }],
])("%s", (text, want) => {
  expect(parse(text)).toMatchObject(want);
});

test("a range selector carries its modifiers in the selector", () => {
  expect(parse("foo[1h30m] anchored @ 5 offset 1m")).toMatchObject({
    kind: "matrix-selector",
    rangeMs: 5_400_000,
    rangeExpr: null,
    selector: { offsetMs: 60_000, at: { kind: "time", ms: 5000 }, edges: "anchored" },
    pos: { start: 0, end: 33 },
  });
});

test("subqueries have a step or the default", () => {
  expect(parse("foo[1h:1m] offset 1m")).toMatchObject({ stepMs: 60_000, offsetMs: 60_000 });
  expect(parse("foo[1h:] @ end()")).toMatchObject({
    stepMs: null,
    stepExpr: null,
    at: { kind: "end" },
  });
  expect(parse("foo[1h:step()]")).toMatchObject({ stepMs: null, stepExpr: { name: "step" } });
});

test.each([
  ["foo[1m + 2m * 3]", "(+ 60 (* 120 3))"],
  ["foo[2 ^ 3 ^ 2]", "(^ 2 (^ 3 2))"],
  ["foo[-2 ^ 2]", "(- (^ 2 2))"],
  ["foo[(1m - 30s) % 7]", "(% [(- 60 30)] 7)"],
  ["foo[step() / 2]", "(/ (step) 2)"],
  ["foo[min_of(step(), MAX_OF(range(), 1h))]", "(min_of (step) (max_of (range) 3600))"],
  ["foo[-(-5) + step()]", "(+ 5 (step))"],
])("%s has the range %s", (text, want) => {
  const expr = parse(text);
  expect(expr.kind === "matrix-selector" && seconds(expr.rangeExpr!)).toBe(want);
});

test.each([
  ["foo offset step() + 1", "(step)"],
  ["foo offset -step() + 1", "(- (step))"],
  ["foo offset -(1m + step()) + 1", "(- [(+ 60 (step))])"],
  ["foo offset (step()) * 2", null],
  ["foo offset (1m) - step()", null],
])("in %s the offset ends where upstream ends it", (text, want) => {
  const expr = parse(text);
  if (want === null) {
    expect(expr.kind).toBe("vector-selector");
  } else {
    const left = expr.kind === "binary" ? expr.left : expr;
    expect(left.kind === "vector-selector" && seconds(left.offsetExpr!)).toBe(want);
  }
});

test("matching between vectors", () => {
  const text = 'a == on(x, "y.z", on,) group_left(by) fill_right(-1) fill_left(NaN) b';
  expect(parse(text)).toMatchObject({
    matching: {
      cardinality: "many-to-one",
      on: true,
      labels: ["x", "y.z", "on"],
      include: ["by"],
      fillLeft: Number.NaN,
      fillRight: -1,
    },
  });
  expect(parse("a and ignoring(x) b")).toMatchObject({
    matching: { cardinality: "many-to-many", on: false, labels: ["x"], include: [] },
  });
  expect(parse("a > bool 1")).toMatchObject({
    returnBool: true,
    matching: null,
    resultType: "vector",
  });
  expect(parse("2 > bool 1")).toMatchObject({
    returnBool: true,
    matching: null,
    resultType: "scalar",
  });
});

test.each([
  ["sum by (a, b) (foo)", { op: "sum", grouping: ["a", "b"], without: false, param: null }],
  ["sum(foo) without (without_x, le,)", { grouping: ["without_x", "le"], without: true }],
  ["topk(3, foo)", { op: "topk", param: { value: 3 } }],
  ['count_values by () ("v", foo)', { op: "count_values", param: { value: "v" }, grouping: [] }],
  ["limit_ratio(-0.5, foo)", { op: "limit_ratio", param: { value: -0.5 } }],
  ["avg(foo)", { grouping: [], without: false }],
])("%s", (text, want) => {
  expect(parse(text)).toMatchObject({ kind: "aggregate", ...want });
});

test("info takes matchers that may match anything", () => {
  expect(parse('info(foo, {a=~".*"})')).toMatchObject({ kind: "call", args: [{}, { name: "" }] });
});

test("trees are frozen", () => {
  const expr = parse("sum by (a) (rate(foo[5m] offset 1m)) + 1");
  expect(Object.isFrozen(expr)).toBe(true);
  expect(expr.kind === "binary" && Object.isFrozen(expr.left)).toBe(true);
});
