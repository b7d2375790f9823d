/**
 * Random PromQL texts for the property tests: `validQuery` follows the types of the language, so
 * every text it makes parses with all features on; `tokenSoup` strings tokens together at random;
 * `brokenQuery` damages a valid text in one place.
 */
import fc from "fast-check";

const space = fc.constantFrom("", "", " ", " ", "\n", "\t ", " # note\n");
const name = fc.constantFrom(
  "up",
  "a:b",
  "http_requests_total",
  "sum",
  "by",
  "start",
  "fill",
  "_x",
);
const label = fc.constantFrom(
  "job",
  "instance",
  "le",
  "on",
  "bool",
  '"with.dot"',
  "'é'",
  "group_left",
);
const number = fc.oneof(
  fc.constantFrom(
    "0",
    "1",
    "-1",
    "+2",
    ".5",
    "1e3",
    "0x1F",
    "017",
    "1_000",
    "Inf",
    "-NaN",
    "1h30m",
  ),
  fc.integer({ min: -1000, max: 1000 }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }).map(String),
);
const string = fc
  .oneof(
    fc.constantFrom(
      '"a"',
      "'it''s'".slice(0, 4),
      "`raw\\n`",
      '"\\x41\\u00e9\\101"',
      '"\\xff"',
      '""',
    ),
    fc.string({ unit: "grapheme", maxLength: 6 }).map((text) => JSON.stringify(text)),
  )
  .filter((text) => !/\\u[dD][89a-fA-F]|\uFFFD|\\\//.test(text));
const length = fc.constantFrom("5m", "1h30m", "300", "1w", "100ms", "0.5");
const duration: fc.Arbitrary<string> = fc.letrec<{ duration: string }>((tie) => ({
  duration: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    length,
    fc.constantFrom("step()", "range()"),
    fc.tuple(tie("duration"), fc.constantFrom("+", "-", "*", "/", "%", "^"), length).map(join),
    tie("duration").map((inner) => `(${inner})`),
    fc.tuple(tie("duration"), tie("duration")).map(([a, b]) => `min_of(${a}, ${b})`),
    tie("duration").map((inner) => `1m + -(${inner})`),
  ),
})).duration;

const modifier = fc.oneof(
  length.map((text) => ` offset ${text}`),
  length.map((text) => ` offset -${text}`),
  // Without its sign the duration would go on at an operator after the parenthesis.
  duration.map((text) => ` offset +(${text})`),
  fc.constantFrom(" @ 100", " @ -1.5", " @ start()", " @ end()", " @1h"),
);
const modifiers = fc.oneof(
  { arbitrary: fc.constant(""), weight: 3 },
  modifier,
  fc
    .tuple(fc.constantFrom(" @ 7", " @ end()"), fc.constantFrom(" offset 1m", " offset -step()"))
    .map(join),
);
const matcher = fc
  .tuple(label, fc.constantFrom('="x"', '!="y"', '=~"a|b.*"', '!~"c+"', " = ''"))
  .map(join);
const selector = fc.oneof(
  name,
  fc
    .tuple(name, space, fc.array(matcher, { maxLength: 3 }))
    .map(([n, s, m]) => `${n}${s}{${m.join(",")}}`),
  fc.array(matcher, { maxLength: 2 }).map((all) => `{"quoted.name",${all.join(", ")}}`),
);
const labels = fc.array(label, { maxLength: 3 }).map((all) => `(${all.join(", ")})`);
const edges = fc.constantFrom("", "", " anchored", " smoothed");

const binaryOp = fc.constantFrom(
  "+",
  "^",
  "== bool",
  "</",
  ">/",
  "/ on (job)",
  "- ignoring () group_left ()",
  '* on(a) group_right ("b.c", d)',
  "+ fill (0)",
  "> on(x) fill_left(-1) fill_right(NaN)",
);
const setOp = fc.constantFrom("and", "or on ()", "unless ignoring (job)", "OR");

type Types = {
  scalar: string;
  vector: string;
  matrix: string;
};

const types = fc.letrec<Types>((tie) => {
  const scalar = tie("scalar");
  const vector = tie("vector");
  const matrix = tie("matrix");
  return {
    scalar: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      number,
      fc.constantFrom("time()", "pi()", "step()", "max_of(1, 2)"),
      vector.map((v) => `scalar(${v})`),
      fc
        .tuple(
          scalar,
          space,
          fc.constantFrom("+", "*", "^", "%", "atan2", "== bool"),
          space,
          scalar,
        )
        .map(([a, s, op, t, b]) => `(${a}${s} ${op} ${t}${b})`),
      scalar.map((s) => `-(${s})`),
    ),
    vector: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.tuple(selector, modifiers).map(join),
      scalar.map((s) => `vector(${s})`),
      fc.tuple(fc.constantFrom("rate", "max_over_time", "absent_over_time"), matrix).map(call),
      fc.tuple(fc.constantFrom("abs", "sort_desc", "hour", "-", "+", ""), vector).map(call),
      fc.tuple(fc.constantFrom("sum", "MAX", "count"), vector).map(call),
      fc
        .tuple(fc.constantFrom("by", "without"), labels, vector)
        .map(([w, l, v]) => `avg ${w} ${l} (${v})`),
      fc
        .tuple(fc.constantFrom("topk", "limitk", "quantile"), scalar, vector, labels)
        .map(([op, s, v, l]) => `${op}(${s}, ${v}) by ${l}`),
      fc.tuple(vector, string, string).map(([v, a, b]) => `label_join(${v}, ${a}, ${b}, ${a})`),
      fc.tuple(vector, string).map(([v, s]) => `count_values(${s}, ${v})`),
      fc.tuple(vector, binaryOp, vector).map(([a, op, b]) => `${a} ${op} ${b}`),
      fc
        .tuple(scalar, fc.constantFrom("*", "> bool", "<="), vector)
        .map(([a, op, b]) => `(${a} ${op} ${b})`),
      fc.tuple(vector, setOp, vector).map(([a, op, b]) => `${a} ${op} ${b}`),
    ),
    matrix: fc.oneof(
      fc.tuple(selector, duration, edges, modifiers).map(([s, d, e, m]) => `${s}[${d}]${e}${m}`),
      fc
        .tuple(vector, duration, fc.oneof(duration, fc.constant("")), modifiers)
        .map(([v, d, s, m]) => `(${v})[${d}:${s}]${m}`),
    ),
  };
});

export const validQuery: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: types.vector, weight: 4 },
  types.scalar,
  types.matrix,
  string,
);

/** Everything the lexer knows and some things it does not. */
const TOKENS = (
  "foo sum by without ( ) [ ] { } , = =~ != !~ == </ > 5m 5 1e3 - + * / % ^ offset @ start end step " +
  "range min_of () bool on ignoring group_left group_right fill fill_left (1) rate a:b : anchored " +
  "smoothed and or unless atan2 topk inf NaN 0x1f .5 1.5h [5m] [5m:1m] [1h:] é ! $ \\ # \u0000 \uFFFD " +
  '\ud800 😀 "a" \'b\' `c` " \' ` 1_ 0x "\\x4" info(a,{b="c"})'
).split(" ");

export const tokenSoup: fc.Arbitrary<string> = fc
  .tuple(fc.array(fc.constantFrom(...TOKENS), { maxLength: 12 }), fc.constantFrom("", " ", "\n"))
  .map(([tokens, glue]) => tokens.join(glue));

export const brokenQuery: fc.Arbitrary<string> = fc
  .tuple(validQuery, fc.nat(), fc.nat({ max: 8 }), fc.constantFrom("", ...TOKENS))
  .map(([text, at, cut, insert]) => {
    const start = at % (text.length + 1);
    return text.slice(0, start) + insert + text.slice(start + cut);
  });

function join(parts: readonly string[]): string {
  return parts.join("");
}

function call([func, arg]: readonly [string, string]): string {
  return `${func}(${arg})`;
}
