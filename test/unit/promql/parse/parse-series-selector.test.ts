/** `match[]` parameters: one selector, nothing else. */
import { expect, test } from "vitest";
import { parseSeriesSelector } from "#promql/parse/parse-series-selector.ts";

test("gives the matchers of one selector", () => {
  expect(parseSeriesSelector(' up{job!="a"} ')).toEqual([
    { kind: "!=", name: "job", value: "a" },
    { kind: "=", name: "__name__", value: "up" },
  ]);
  expect(parseSeriesSelector("sum")).toHaveLength(1);
  expect(parseSeriesSelector('{"a.b"}')).toHaveLength(1);
});

test.each([
  ["", "unknown position: parse error: unexpected end of input"],
  ["up offset 5m", "1:4: parse error: unexpected <offset>"],
  ["up[5m]", '1:3: parse error: unexpected "["'],
  ["sum(up)", '1:4: parse error: unexpected "("'],
  ["(up)", '1:1: parse error: unexpected "("'],
  ["5", '1:1: parse error: unexpected number "5"'],
  ['{a=""}', "1:1: parse error: match[] must contain at least one non-empty matcher"],
  ['{a=~"("}', "1:2: parse error: error parsing regexp: missing closing ): `(`"],
])("refuses %j", (text, message) => {
  expect(() => parseSeriesSelector(text)).toThrow(message);
});
