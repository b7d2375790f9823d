// Covers: src/rules/evaluate-recording-rule.ts, src/rules/rules-errors.ts
import { expect, test } from "vitest";
import { labelsOf, labelsRecord, labelValue } from "#model/labels.ts";
import { AlertingRuleState } from "#rules/alerting-rule-state.ts";
import type { AlertingOptions } from "#rules/alerting-rule-state.ts";
import { evaluateRecordingRule } from "#rules/evaluate-recording-rule.ts";
import { parseRuleFile } from "#rules/parse-rule-file.ts";
import type { AlertingRule, RecordingRule } from "#rules/rule-group.ts";
import type { RuleSample } from "#rules/rule-output.ts";

const MINUTE_MS = 60_000;

function alertRule(extra: string): AlertingRule {
  const text = `groups: [{ name: g, rules: [{ alert: A, expr: up == 0, ${extra} }] }]`;
  return parseRuleFile("r.yml", text)[0]!.rules[0] as AlertingRule;
}

function down(...instances: string[]): RuleSample[] {
  return instances.map((instance) => ({
    labels: labelsOf([
      ["__name__", "up"],
      ["instance", instance],
    ]),
    value: 0,
  }));
}

function options(results: readonly RuleSample[]): AlertingOptions {
  return {
    query: async () => results,
    externalLabels: {},
    templates: { query: async () => [], nowMs: 0, externalUrl: "", pathPrefix: "" },
  };
}

/** State per minute of a rule whose result is given per minute. */
async function states(
  rule: AlertingRule,
  minutes: readonly (readonly RuleSample[])[],
): Promise<string[]> {
  const state = new AlertingRuleState(rule);
  const seen: string[] = [];
  for (const [minute, results] of minutes.entries()) {
    await state.evaluate(minute * MINUTE_MS, 0, options(results));
    seen.push(
      state
        .active()
        .map((alert) => alert.state)
        .join(",") || "-",
    );
  }
  return seen;
}

test("a result that stays becomes pending, then firing, then resolves", async () => {
  const x = down("x");
  expect(await states(alertRule("for: 2m"), [[], x, x, x, [], x])).toEqual([
    "-",
    "pending",
    "pending",
    "firing",
    "-",
    "pending",
  ]);
  expect(await states(alertRule("labels: {}"), [x, []])).toEqual(["firing", "-"]);
});

test("a gap while pending starts anew; keep_firing_for bridges one while firing", async () => {
  const x = down("x");
  expect(await states(alertRule("for: 2m"), [x, [], x, x])).toEqual([
    "pending",
    "-",
    "pending",
    "pending",
  ]);
  expect(await states(alertRule("keep_firing_for: 2m"), [x, [], x, [], [], [], []])).toEqual([
    "firing",
    "firing",
    "firing",
    "firing",
    "firing",
    "-",
    "-",
  ]);
});

test("tells ALERTS and ALERTS_FOR_STATE with expanded labels", async () => {
  const state = new AlertingRuleState(alertRule('labels: { who: "{{ $labels.instance }}!" }'));
  const samples = await state.evaluate(90_000, 0, options(down("x")));
  expect(samples.map(({ labels, value }) => ({ ...labelsRecord(labels), value }))).toEqual([
    {
      __name__: "ALERTS",
      alertname: "A",
      alertstate: "firing",
      instance: "x",
      who: "x!",
      value: 1,
    },
    { __name__: "ALERTS_FOR_STATE", alertname: "A", instance: "x", who: "x!", value: 90 },
  ]);
});

test("a template that fails says so in its place", async () => {
  const state = new AlertingRuleState(alertRule('annotations: { s: "{{ $labels.x.y }}" }'));
  await state.evaluate(0, 0, options(down("x")));
  expect(labelValue(state.active()[0]!.annotations, "s")).toContain("<error expanding template");
});

test("alerts that become the same, or too many, fail the rule", async () => {
  const same = new AlertingRuleState(alertRule("labels: { instance: one }"));
  await expect(same.evaluate(0, 0, options(down("x", "y")))).rejects.toThrow("same labelset");
  const many = new AlertingRuleState(alertRule("labels: {}"));
  await expect(many.evaluate(0, 1, options(down("x", "y")))).rejects.toThrow("exceeded limit of 1");
  expect(many.active()).toEqual([]);
});

test("recording rules rename, label, and refuse duplicates and excess", async () => {
  const text = "groups: [{ name: g, rules: [{ record: r, expr: up, labels: { a: b } }] }]";
  const rule = parseRuleFile("r.yml", text)[0]!.rules[0] as RecordingRule;
  const [sample] = await evaluateRecordingRule(rule, 0, 0, async () => down("x"));
  expect(labelsRecord(sample!.labels)).toEqual({ __name__: "r", a: "b", instance: "x" });
  const twice = async (): Promise<RuleSample[]> => down("x", "x");
  await expect(evaluateRecordingRule(rule, 0, 0, twice)).rejects.toThrow("same labelset");
  const two = async (): Promise<RuleSample[]> => down("x", "y");
  await expect(evaluateRecordingRule(rule, 0, 1, two)).rejects.toThrow("exceeded limit");
});
