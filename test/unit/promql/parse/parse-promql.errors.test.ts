/**
 * What the parser refuses, with the exact position and words. The words are those of Prometheus,
 * because users and tools match on them.
 */
import { expect, test } from "vitest";
import { ALL_PARSE_FEATURES } from "#promql/parse/parse-options.ts";
import { parsePromql } from "#promql/parse/parse-promql.ts";
import { PromqlParseError } from "#promql/parse/promql-parse-error.ts";

function errorOf(text: string): PromqlParseError {
  try {
    parsePromql(text, ALL_PARSE_FEATURES);
  } catch (error) {
    if (error instanceof PromqlParseError) return error;
    throw error;
  }
  throw new Error(`${text}: parsed`);
}

const REFUSED: readonly (readonly [text: string, message: string])[] = [
  ["", "unknown position: no expression found in input"],
  [" \n", "1:1: no expression found in input"],
  ["foo bar", '1:5: unexpected identifier "bar"'],
  ["(foo", "1:5: unclosed left parenthesis"],
  ["foo)", "1:5: unexpected right parenthesis ')'"],
  ["()", '1:2: unexpected ")"'],
  ["foo +", "1:6: unexpected end of input"],
  ["foo + * bar", "1:7: unexpected <op:*>"],
  ["1 == 1", "1:3: comparisons between scalars must use BOOL modifier"],
  ["1 + bool 2", "1:3: bool modifier can only be used on comparison operators"],
  ["up and 1", '1:1: set operator "and" not allowed in binary scalar expression'],
  ["1 or up", '1:1: set operator "or" not allowed in binary scalar expression'],
  ["up + on(job) 5", "1:1: vector matching only allowed between instant vectors"],
  ["a + group_left(b) c", "1:5: unexpected <group_left>"],
  ["a and on(x) group_left(y) b", '1:1: no grouping allowed for "and" operation'],
  ["a * on(x) group_left(x) b", '1:3: label "x" must not occur in ON and GROUP clause at once'],
  ["a unless fill(0) b", "1:1: filling in missing series not allowed for set operators"],
  ["a + fill(x) b", '1:10: unexpected identifier "x"'],
  ["5 + fill(1) up", "1:1: filling in missing series only allowed between instant vectors"],
  ["foo @ bar", '1:7: unexpected identifier "bar" in @, expected timestamp'],
  ["foo @ NaN", "1:1: timestamp out of bounds for @ modifier: NaN"],
  [
    "5 @ 100",
    "1:1: @ modifier must be preceded by an instant vector selector or range vector selector or a subquery",
  ],
  ["foo @ 1 @ 2", "1:1: @ <timestamp> may not be set multiple times"],
  ["foo @ start", "1:12: unexpected end of input in @, expected timestamp"],
  [
    "foo offset",
    "1:11: unexpected end of input in offset, expected number, duration, step(), or range()",
  ],
  [
    "foo offset bar",
    '1:12: unexpected identifier "bar" in offset, expected number, duration, step(), or range()',
  ],
  [
    "sum(foo) offset 5m",
    "1:1: offset modifier must be preceded by an instant vector selector or range vector selector or a subquery",
  ],
  ["foo offset 5m offset 1m", "1:1: offset may not be set multiple times"],
  ["foo offset 1.5h", '1:12: unknown unit "." in duration "1.5h"'],
  ["foo offset 1h1h", '1:12: not a valid duration string: "1h1h"'],
  ["foo offset 1m1h", '1:12: not a valid duration string: "1m1h"'],
  ["foo offset 99999y", "1:12: duration out of range"],
  ["foo offset (1m", "1:15: unclosed left parenthesis"],
  ["foo[5m", "1:7: unclosed left bracket"],
  [
    "foo[]",
    '1:5: unexpected "]" in subquery or range selector, expected number, duration, step(), or range()',
  ],
  ["foo[0]", "1:5: duration must be greater than 0"],
  ["foo[-5m]", "1:5: duration must be greater than 0"],
  ["foo[bar]", "1:5: unexpected character in duration expression: 'b'"],
  ["foo[5m:0]", "1:8: duration must be greater than 0"],
  ["foo[5m:1m:1m]", "1:10: unexpected colon ':'"],
  ["foo[5m 1m]", '1:8: unexpected duration "1m" in subquery or range, expected ":" or "]"'],
  ["foo[5m / 0]", "1:8: division by zero"],
  ["foo[5m % (0s)]", "1:8: modulo by zero"],
  ["foo[5m] offset 1m [1m]", "1:19: ranges only allowed for vector selectors"],
  ["foo offset 1m [5m]", "1:15: no offset modifiers allowed before range"],
  ["foo @ 5 [5m]", "1:9: no @ modifiers allowed before range"],
  ["sum(foo)[5m]", "1:9: ranges only allowed for vector selectors"],
  ["foo[5m:][5m:]", "1:1: subquery is only allowed on instant vector, got matrix instead"],
  ["time()[5m:]", "1:1: subquery is only allowed on instant vector, got scalar instead"],
  ["foo[5m] + 1", "1:1: binary expression must contain only scalar and instant vector types"],
  ['"a" + 1', "1:1: binary expression must contain only scalar and instant vector types"],
  [
    "-foo[5m]",
    '1:1: unary expression only allowed on expressions of type scalar or instant vector, got "range vector"',
  ],
  [
    '-"a"',
    '1:1: unary expression only allowed on expressions of type scalar or instant vector, got "string"',
  ],
  ["foo[5m:1m] anchored", "1:1: anchored modifier is not supported for subqueries"],
  ["sum(foo) smoothed", "1:1: smoothed modifier not implemented"],
  ["foo[5m] anchored smoothed", "1:1: anchored and smoothed modifiers cannot be used together"],
  ["{}", "1:1: vector selector must contain at least one non-empty matcher"],
  ['{a=""}', "1:1: vector selector must contain at least one non-empty matcher"],
  ['{a=~".*", b!="c"}', "1:1: vector selector must contain at least one non-empty matcher"],
  ['foo{__name__="bar"}', '1:1: metric name must not be set twice: "foo" or "bar"'],
  ['foo{"bar"}', '1:1: metric name must not be set twice: "foo" or "bar"'],
  ["foo{a}", '1:6: unexpected "}" in label matching, expected label matching operator'],
  ["foo{a=}", '1:7: unexpected "}" in label matching, expected string'],
  ["foo{a=b}", '1:7: unexpected identifier "b" in label matching, expected string'],
  ['foo{="b"}', '1:5: unexpected "=" in label matching, expected identifier or "}"'],
  ['foo{a="b" c="d"}', '1:11: unexpected identifier "c" in label matching, expected "," or "}"'],
  ['foo{a="b",,}', '1:11: unexpected "," in label matching, expected identifier or "}"'],
  ['foo{a=="b"}', '1:7: unexpected "=" in label matching, expected string'],
  ['foo{a="b"', "1:10: unexpected end of input inside braces"],
  ['foo{a~"b"}', "1:6: unexpected character inside braces: '~'"],
  ['foo{a!"b"}', "1:6: unexpected character after '!' inside braces: '\"'"],
  ["foo{{}}", "1:5: unexpected left brace '{'"],
  ['foo{a=~"("}', "1:5: error parsing regexp: missing closing ): `(`"],
  ['foo{5="a"}', "1:5: unexpected character inside braces: '5'"],
  ['"abc', "1:1: unterminated quoted string"],
  ["'abc\n'", "1:1: unterminated quoted string"],
  ["`abc", "1:1: unterminated raw string"],
  ['"\\z"', "1:1: unknown escape sequence U+007A 'z'"],
  ['"\\x4"', "1:1: illegal character U+0022 '\"' in escape sequence"],
  ['"\\xg0"', "1:1: illegal character U+0067 'g' in escape sequence"],
  ['"\\u12', "1:1: escape sequence not terminated"],
  ['"\\ud800"', "1:1: escape sequence is an invalid Unicode code point"],
  ['"\\777"', "1:1: escape sequence is an invalid Unicode code point"],
  ["5x", '1:1: bad number or duration syntax: "5"'],
  ["0x", '1:1: error parsing number: strconv.ParseFloat: parsing "0x": invalid syntax'],
  ["1e", '1:1: bad number or duration syntax: "1e"'],
  ["1__0", '1:1: bad number or duration syntax: "1__"'],
  ["1.2.3", '1:1: bad number or duration syntax: "1.2."'],
  ["1e400", '1:1: error parsing number: strconv.ParseFloat: parsing "1e400": value out of range'],
  ["09.9.9", '1:1: bad number or duration syntax: "09.9."'],
  ["é", "1:1: unexpected character: 'é'"],
  ["foo $ bar", "1:5: unexpected character: '$'"],
  ["foo # comment\n  ?", "2:3: unexpected character: '?'"],
  ["foo = bar", '1:5: unexpected "="'],
  ["foo =~ bar", "1:5: unexpected character after '=': '~'"],
  ["foo ! bar", "1:5: unexpected character after '!': ' '"],
  ["nosuch(foo)", '1:1: unknown function with name "nosuch"'],
  ["rate()", '1:1: expected 1 argument(s) in call to "rate", got 0'],
  ["rate(foo)", '1:6: expected type range vector in call to function "rate", got instant vector'],
  ["rate(foo[5m], 1)", '1:1: expected 1 argument(s) in call to "rate", got 2'],
  ["abs(foo,)", "1:8: trailing commas not allowed in function call args"],
  ["abs(,foo)", '1:5: unexpected ","'],
  ["abs(1)", '1:5: expected type instant vector in call to function "abs", got scalar'],
  ["clamp(foo, 1)", '1:1: expected 3 argument(s) in call to "clamp", got 2'],
  ["round(foo, 1, 2)", '1:1: expected at most 2 argument(s) in call to "round", got 3'],
  ['label_join(foo, "a")', '1:1: expected at least 3 argument(s) in call to "label_join", got 2'],
  [
    'label_replace(foo, "a", 1, "b", "c")',
    '1:25: expected type string in call to function "label_replace", got scalar',
  ],
  ["vector(foo)", '1:8: expected type scalar in call to function "vector", got instant vector'],
  ['scalar("a")', '1:8: expected type instant vector in call to function "scalar", got string'],
  [
    'histogram_quantiles(foo, "q")',
    '1:1: expected at least 3 argument(s) in call to "histogram_quantiles", got 2',
  ],
  ["info(foo, bar)", "1:11: expected label selectors only, got vector selector instead"],
  ['info(foo, sum({a="b"}))', "1:11: expected label selectors only"],
  ["info(foo, 1)", '1:1: expected type instant vector in call to function "info", got scalar'],
  ["sum()", "1:1: no arguments for aggregate expression provided"],
  [
    "sum(foo, bar)",
    "1:1: wrong number of arguments for aggregate expression provided, expected 1, got 2",
  ],
  [
    "topk(foo)",
    "1:1: wrong number of arguments for aggregate expression provided, expected 2, got 1",
  ],
  ['topk("a", foo)', "1:6: expected type scalar in aggregation parameter, got string"],
  ["topk(3, 4)", "1:9: expected type instant vector in aggregation expression, got scalar"],
  ["count_values(1, foo)", "1:14: expected type string in aggregation parameter, got scalar"],
  ["sum(foo bar)", '1:9: unexpected identifier "bar" in aggregation'],
  ["sum by (foo", "1:12: unclosed left parenthesis"],
  ["sum by foo (bar)", '1:8: unexpected identifier "foo" in grouping opts, expected "("'],
  ["sum by (without) (foo)", "1:9: unexpected <without> in grouping opts, expected label"],
  ["sum by (a b) (foo)", '1:11: unexpected identifier "b" in grouping opts, expected "," or ")"'],
  ["sum by (,) (foo)", '1:9: unexpected "," in grouping opts, expected label'],
  ['sum by ("") (foo)', '1:9: invalid label name for grouping: ""'],
  ["sum(foo) by (a) without (b)", "1:17: unexpected <without>"],
  ["sum 5", '1:5: unexpected number "5"'],
  ["on", "1:1: unexpected <on>"],
  ["foo + on(a) group_left) b", "1:24: unexpected right parenthesis ')'"],
  ["a:b(c)", '1:4: unexpected "("'],
  ["SUM(foo) BY", '1:12: unexpected end of input in grouping opts, expected "("'],
  ["RATE(foo[5m])", '1:1: unknown function with name "RATE"'],
  ["foo\n+ (\n  bar baz)", '3:7: unexpected identifier "baz"'],
  ['"é" + foo + "é"', "1:1: binary expression must contain only scalar and instant vector types"],
];

test.each(REFUSED)("%j", (text, message) => {
  const [, position = "", reason = ""] = /^(.*?): (.*)$/s.exec(message) ?? [];
  const error = errorOf(text);
  expect(error.message).toBe(`${position}: parse error: ${reason}`);
  expect(error.reason).toBe(reason);
});

test("the error says where, for programs", () => {
  const error = errorOf("foo +\n  é");
  expect(error.position).toEqual({ line: 2, column: 3 });
  expect(error.pos.start).toBe(8);
  expect(error.http).toBe(400);
  expect(error.code).toBe("promql.parse");
});

test("columns count bytes, offsets count characters of the text", () => {
  const error = errorOf('label_join(a, "é😀", "") + ?');
  expect(error.position.column).toBe(31);
  expect(error.pos.start).toBe(27);
});

test.each([
  ["below a millisecond a step is none", "foo[5m:0.0001]", "1:8: duration must be greater than 0"],
  ["not a number is no offset", "foo offset NaN", "1:12: duration out of range"],
  [
    "a range after offset (...)",
    "foo offset (1m) [5m]",
    "1:17: no offset modifiers allowed before range",
  ],
  ["a range after @ end()", "foo @ end()[5m]", "1:12: no @ modifiers allowed before range"],
])("stricter than upstream: %s", (_, text, message) => {
  expect(errorOf(text).message.replace(" parse error:", "")).toBe(message);
});
