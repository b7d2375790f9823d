/** The laid out form: short parts stay on a line, long ones break. */
import { expect, test } from "vitest";
import { formatPromql } from "#promql/parse/format.ts";
import { ALL_PARSE_FEATURES } from "#promql/parse/parse-options.ts";
import { parsePromql } from "#promql/parse/parse-promql.ts";

const LONG = 'http_requests_total{cluster="europe-west-1",job="gateway",status=~"5.."}';

function format(text: string): string {
  return formatPromql(parsePromql(text, ALL_PARSE_FEATURES));
}

test("what fits stays on one line", () => {
  expect(format("sum(rate(foo[5m]))by(job)/2")).toBe("sum by (job) (rate(foo[5m])) / 2");
});

test("operators, calls and aggregations break at their parts", () => {
  const sum = `sum by (job, instance, region) (rate(${LONG}[5m]))`;
  const broken = `  sum by (job, instance, region) (
    rate(${LONG}[5m])
  )`;
  expect(format(`${sum} / on (job) ${sum}`)).toBe(`${broken}\n/ on (job)\n${broken}`);
});

test("parameters, parentheses and signs", () => {
  expect(format(`topk(5, -(${LONG} + bool_a_metric_with_a_long_name))`)).toBe(`topk(
  5,
  -(
      ${LONG}
    +
      bool_a_metric_with_a_long_name
  )
)`);
});

test("a subquery breaks inside, its times follow the closing parenthesis", () => {
  const text = `max_over_time(sum without (instance, region) (rate(${LONG}[5m]))[1h:1m] offset 1d)`;
  expect(format(text)).toBe(`max_over_time(
  sum without (instance, region) (
    rate(${LONG}[5m])
  )[1h:1m] offset 1d
)`);
});
