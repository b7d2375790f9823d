/**
 * Reads a file of rule tests, the format of `promtool test rules`. Names of fields are theirs. Throws
 * `YamlProblem` with file, line, field, got and want.
 */
import type { Node } from "yaml";
import { parseFloat64 } from "#model/parse-float.ts";
import { YamlReader } from "../yaml-reader.ts";
import type {
  AlertTest,
  ExpectedSample,
  ExprTest,
  InputSeries,
  RuleTestFile,
  RuleTestGroup,
} from "./rule-test-file.ts";

const MINUTE_MS = 60_000;
const FILE_FIELDS = [
  "rule_files",
  "evaluation_interval",
  "group_eval_order",
  "fuzzy_compare",
  "tests",
];
const GROUP_FIELDS = [
  "name",
  "interval",
  "start_timestamp",
  "input_series",
  "alert_rule_test",
  "promql_expr_test",
  "external_labels",
  "external_url",
];

export function parseRuleTestFile(file: string, text: string): RuleTestFile {
  const yaml = new YamlReader(file, text);
  const fields = yaml.fields(yaml.root, "test file", FILE_FIELDS);
  const texts = (name: string): string[] =>
    yaml.items(fields.get(name), name).map((node) => required(yaml, node, name));
  return {
    file,
    ruleFiles: texts("rule_files"),
    evaluationIntervalMs:
      yaml.durationMs(fields.get("evaluation_interval"), "evaluation_interval") ?? MINUTE_MS,
    groupEvalOrder: texts("group_eval_order"),
    fuzzyCompare: yaml.boolean(fields.get("fuzzy_compare"), "fuzzy_compare") ?? false,
    tests: yaml.items(fields.get("tests"), "tests").map((node) => testGroup(yaml, node)),
  };
}

function testGroup(yaml: YamlReader, node: Node | null): RuleTestGroup {
  const fields = yaml.fields(node, "test", GROUP_FIELDS);
  const list = <T>(name: string, read: (item: Node | null) => T): T[] =>
    yaml.items(fields.get(name), name).map(read);
  return {
    place: yaml.place(node),
    name: yaml.text(fields.get("name"), "name") ?? "",
    intervalMs: yaml.durationMs(fields.get("interval"), "interval") ?? MINUTE_MS,
    startMs: startTime(yaml, fields.get("start_timestamp") ?? null),
    series: list("input_series", (item) => inputSeries(yaml, item)),
    alertTests: list("alert_rule_test", (item) => alertTest(yaml, item)),
    exprTests: list("promql_expr_test", (item) => exprTest(yaml, item)),
    externalLabels: yaml.record(fields.get("external_labels"), "external_labels"),
    externalUrl: yaml.text(fields.get("external_url"), "external_url") ?? "",
  };
}

/** Unix seconds or RFC 3339. */
function startTime(yaml: YamlReader, node: Node | null): number {
  const text = yaml.text(node, "start_timestamp");
  if (text === undefined) return 0;
  const ms = /^-?[0-9.]+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  if (Number.isFinite(ms)) return Math.round(ms);
  throw yaml.problem(node, `start_timestamp: got ${JSON.stringify(text)}, want a time`);
}

function inputSeries(yaml: YamlReader, node: Node | null): InputSeries {
  const fields = yaml.fields(node, "input_series", ["series", "values"]);
  return {
    place: yaml.place(node),
    series: required(yaml, fields.get("series") ?? null, "series", node),
    values: required(yaml, fields.get("values") ?? null, "values", node),
  };
}

function alertTest(yaml: YamlReader, node: Node | null): AlertTest {
  const fields = yaml.fields(node, "alert_rule_test", ["eval_time", "alertname", "exp_alerts"]);
  return {
    place: yaml.place(node),
    evalTimeMs: yaml.durationMs(fields.get("eval_time"), "eval_time") ?? 0,
    alertname: required(yaml, fields.get("alertname") ?? null, "alertname", node),
    expected: yaml.items(fields.get("exp_alerts"), "exp_alerts").map((item) => {
      const alert = yaml.fields(item, "exp_alerts", ["exp_labels", "exp_annotations"]);
      return {
        labels: yaml.record(alert.get("exp_labels"), "exp_labels"),
        annotations: yaml.record(alert.get("exp_annotations"), "exp_annotations"),
      };
    }),
  };
}

function exprTest(yaml: YamlReader, node: Node | null): ExprTest {
  const fields = yaml.fields(node, "promql_expr_test", ["expr", "eval_time", "exp_samples"]);
  return {
    place: yaml.place(node),
    expr: required(yaml, fields.get("expr") ?? null, "expr", node),
    evalTimeMs: yaml.durationMs(fields.get("eval_time"), "eval_time") ?? 0,
    expected: yaml.items(fields.get("exp_samples"), "exp_samples").map((item) => {
      return expectedSample(yaml, item);
    }),
  };
}

function expectedSample(yaml: YamlReader, node: Node | null): ExpectedSample {
  const fields = yaml.fields(node, "exp_samples", ["labels", "value", "histogram"]);
  const text = yaml.text(fields.get("value"), "value") ?? "0";
  const value = parseFloat64(text.replace(/^\+?\.(inf|nan)$/i, "$1").replace(/^-\.inf$/i, "-Inf"));
  if (value === null) {
    throw yaml.problem(node, `value: got ${JSON.stringify(text)}, want a number`);
  }
  return {
    labels: yaml.text(fields.get("labels"), "labels") ?? "",
    value,
    histogram: yaml.text(fields.get("histogram"), "histogram") ?? null,
  };
}

function required(
  yaml: YamlReader,
  node: Node | null,
  what: string,
  parent: Node | null = node,
): string {
  const text = yaml.text(node, what);
  if (text === undefined) throw yaml.problem(parent, `${what}: got nothing, want text`);
  return text;
}
