/** Canonical text. The round trip is a property test; here are the forms people see. */
import { expect, test } from "vitest";
import { ALL_PARSE_FEATURES } from "#promql/parse/parse-options.ts";
import { parsePromql } from "#promql/parse/parse-promql.ts";
import { printPromql } from "#promql/parse/print.ts";

test.each([
  ["sum(foo)by(b,a)", "sum by (b, a) (foo)"],
  ["sum without() (foo)", "sum without () (foo)"],
  ["sum by () (foo)", "sum(foo)"],
  ["topk(3,foo) by('a.b')", 'topk by ("a.b") (3, foo)'],
  ['foo{b="2",a!~"1"}', 'foo{a!~"1",b="2"}'],
  ['{"foo.bar"}', '{__name__="foo.bar"}'],
  ['foo{"é"="x"}', 'foo{"é"="x"}'],
  ["{a='\"\\n'}", '{a="\\"\\n"}'],
  ['"\\xff"', '"\\xff"'],
  ["foo[300]", "foo[5m]"],
  ["foo[90d]", "foo[90d]"],
  ["foo[14d]", "foo[2w]"],
  ["foo[1.5]", "foo[1s500ms]"],
  ["foo[0.0001]", "foo[0.0001]"],
  ["foo[5m]offset -1h@10", "foo[5m] @ 10.000 offset -1h"],
  ["foo[5m] smoothed @ end()", "foo[5m] smoothed @ end()"],
  ["foo smoothed @ 1 offset 1m", "foo @ 1.000 smoothed offset 1m"],
  ["foo[(5m)]", "foo[5m]"],
  ["foo[(step()+1m)*2]", "foo[(step() + 1m) * 2]"],
  ["foo[(-2)^2]", "foo[(-2) ^ 2]"],
  ["foo[1h:]", "foo[1h:]"],
  ["foo[1h:30]offset step()", "foo[1h:30s] offset step()"],
  ["foo offset (1m)+3", "foo offset (1m + 3)"],
  ["foo offset +(step()) + bar", "foo offset +(step()) + bar"],
  ["foo offset +(step()) and bar", "foo offset (step()) and bar"],
  ["a+on()b", "a + on () b"],
  ["a==bool ignoring(x)group_right b", "a == bool ignoring (x) group_right () b"],
  ["a+fill_left(1)fill_right(1)b", "a + fill (1) b"],
  ["a+fill_left(1e6)fill_right(-Inf)b", "a + fill_left (1e+06) fill_right (-Inf) b"],
  ["a AND b", "a and b"],
  ["1e21", "1000000000000000000000"],
  ["1e-7", "0.0000001"],
  ["inf ^ 2", "Inf ^ 2"],
  ["2 ^ inf", "2 ^ +Inf"],
  ["-1h30m", "-1h30m"],
  ["-(1)", "-(1)"],
  ["- - foo", "--foo"],
  ["a</b", "a </ b"],
])("%s prints as %s", (text, want) => {
  const printed = printPromql(parsePromql(text, ALL_PARSE_FEATURES));
  expect(printed).toBe(want);
  expect(printPromql(parsePromql(printed, ALL_PARSE_FEATURES))).toBe(want);
});
