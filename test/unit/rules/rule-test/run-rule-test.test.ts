// Covers: src/rules/rule-test/
import { expect, test } from "vitest";
import { parseRuleFile } from "#rules/parse-rule-file.ts";
import { parseRuleTestFile } from "#rules/rule-test/parse-rule-test-file.ts";
import { runRuleTest } from "#rules/rule-test/run-rule-test.ts";
import type { RuleTestResult } from "#rules/rule-test/run-rule-test.ts";

const RULES = `groups:
  - name: second
    rules: [{ record: doubled, expr: first * 2 }]
  - name: first
    rules:
      - { record: first, expr: sum(up) }
      - { alert: Down, expr: up == 0, for: 2m, annotations: { s: "{{ $value }}" } }
`;

function run(tests: string, head = ""): Promise<RuleTestResult> {
  const text = `rule_files: [r.yml]\n${head}\ntests:\n  - interval: 1m\n${tests}`;
  const file = parseRuleTestFile("t.yml", text);
  return runRuleTest(file, parseRuleFile("r.yml", RULES), { wallMs: () => 0, monoMs: () => 0 });
}

const INPUT = `    input_series: [{ series: 'up{i="a"}', values: '1 0x4' }]\n`;

test("alerts and expressions as expected", async () => {
  const result = await run(`${INPUT}    alert_rule_test:
      - { eval_time: 2m, alertname: Down }
      - eval_time: 3m
        alertname: Down
        exp_alerts: [{ exp_labels: { i: a }, exp_annotations: { s: "0" } }]
    promql_expr_test:
      - { expr: first, eval_time: 1m, exp_samples: [{ labels: first, value: 0 }] }
      - { expr: absent_series, eval_time: 1m }
`);
  expect(result).toEqual({ passed: 4, failures: [] });
});

test("the order of groups decides what a rule sees", async () => {
  const tests = `${INPUT}    promql_expr_test:
      - { expr: doubled, eval_time: 0m, exp_samples: [{ labels: doubled, value: 2 }] }
`;
  expect(await run(tests)).toMatchObject({ passed: 0, failures: [{ place: "t.yml:7" }] });
  expect(await run(tests, "group_eval_order: [first, second]")).toMatchObject({ passed: 1 });
});

test("a difference is told with both sides", async () => {
  const { failures } = await run(`${INPUT}    promql_expr_test:
      - { expr: up, eval_time: 0m, exp_samples: [{ labels: 'up{i="a"}', value: 7 }] }
      - { expr: 'up +', eval_time: 0m }
`);
  expect(failures.map(({ message }) => message)).toEqual([
    expect.stringContaining('want {__name__="up", i="a"} 7\n  got  {__name__="up", i="a"} 1'),
    expect.stringContaining("parse error"),
  ]);
});

test("values are compared exactly unless told otherwise", async () => {
  const tests = `    input_series: [{ series: x, values: '0.1' }]
    promql_expr_test:
      - { expr: x + 0.2, eval_time: 0m, exp_samples: [{ value: 0.3 }] }
`;
  expect(await run(tests)).toMatchObject({ passed: 0 });
  expect(await run(tests, "fuzzy_compare: true")).toMatchObject({ passed: 1 });
});

test("histograms and start times", async () => {
  const result = await run(`    start_timestamp: 2026-01-01T00:00:00Z
    input_series: [{ series: h, values: '{{schema:0 count:2 sum:3 buckets:[1 1]}}' }]
    promql_expr_test:
      - expr: h
        eval_time: 0m
        exp_samples: [{ labels: h, histogram: '{{schema:0 count:2 sum:3 buckets:[1 1]}}' }]
      - { expr: time(), eval_time: 1m, exp_samples: [{ value: 1767225660 }] }
`);
  expect(result).toEqual({ passed: 2, failures: [] });
});

test("broken input fails the test and names its place", async () => {
  const { failures } = await run(`    input_series: [{ series: 'up{', values: '1' }]\n`);
  expect(failures).toMatchObject([{ place: "t.yml:4" }]);
  expect(() => parseRuleTestFile("t.yml", "tests: [{ inerval: 1m }]")).toThrow('"inerval"');
});
