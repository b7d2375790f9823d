/**
 * Prometheus rule files: YAML to checked groups. Expressions and templates are parsed here, so a file
 * that loads holds no rule that can only fail. Throws `YamlProblem` for the first problem.
 */
import type { Node } from "yaml";
import { METRIC_NAME } from "#model/labels.ts";
import { parsePromql } from "#promql/parse/parse-promql.ts";
import { DEFAULT_PARSE_OPTIONS } from "#promql/parse/parse-options.ts";
import type { ParseOptions } from "#promql/parse/parse-options.ts";
import type { Expr } from "#promql/parse/ast.ts";
import { parseTemplate } from "./template/parse-template.ts";
import type { Rule, RuleGroup } from "./rule-group.ts";
import { YamlReader } from "./yaml-reader.ts";

const GROUP_FIELDS = ["name", "interval", "query_offset", "limit", "labels", "rules"];
const RULE_FIELDS = ["record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations"];

export function parseRuleFile(
  file: string,
  text: string,
  options: ParseOptions = DEFAULT_PARSE_OPTIONS,
): readonly RuleGroup[] {
  const reader = new RuleFileReader(file, text, options);
  return reader.groups();
}

class RuleFileReader {
  readonly #file: string;
  readonly #yaml: YamlReader;
  readonly #options: ParseOptions;

  constructor(file: string, text: string, options: ParseOptions) {
    this.#file = file;
    this.#yaml = new YamlReader(file, text);
    this.#options = options;
  }

  groups(): readonly RuleGroup[] {
    const { root } = this.#yaml;
    if (root === null) return [];
    const fields = this.#yaml.fields(root, "rule file", ["groups"]);
    const groups: RuleGroup[] = [];
    const names = new Set<string>();
    for (const node of this.#yaml.items(fields.get("groups"), "groups")) {
      const group = this.#group(node);
      if (names.has(group.name)) {
        throw this.#yaml.problem(node, `group name ${JSON.stringify(group.name)} is there twice`);
      }
      names.add(group.name);
      groups.push(group);
    }
    return groups;
  }

  #group(node: Node | null): RuleGroup {
    const fields = this.#yaml.fields(node, "group", GROUP_FIELDS);
    const name = this.#yaml.text(fields.get("name"), "group.name");
    if (name === undefined || name === "") throw this.#yaml.problem(node, "group without a name");
    const labels = this.#labels(fields.get("labels"), "group.labels");
    return {
      file: this.#file,
      name,
      intervalMs: this.#yaml.durationMs(fields.get("interval"), "group.interval") ?? null,
      queryOffsetMs: this.#yaml.durationMs(fields.get("query_offset"), "group.query_offset") ?? 0,
      limit: this.#yaml.integer(fields.get("limit"), "group.limit") ?? 0,
      labels,
      rules: this.#yaml
        .items(fields.get("rules"), "group.rules")
        .map((rule) => this.#rule(rule, labels)),
    };
  }

  #rule(node: Node | null, groupLabels: Readonly<Record<string, string>>): Rule {
    const fields = this.#yaml.fields(node, "rule", RULE_FIELDS);
    const record = this.#yaml.text(fields.get("record"), "record");
    const alert = this.#yaml.text(fields.get("alert"), "alert");
    if ((record === undefined) === (alert === undefined)) {
      throw this.#yaml.problem(node, "a rule wants either record or alert");
    }
    const text = this.#yaml.text(fields.get("expr"), "expr");
    if (text === undefined || text.trim() === "") {
      throw this.#yaml.problem(node, "field expr must be set in rule");
    }
    const expr = this.#expression(fields.get("expr") ?? null, text);
    const own = this.#labels(fields.get("labels"), "labels");
    const labels = { ...groupLabels, ...own };
    const place = this.#yaml.place(node);
    if (record !== undefined) {
      this.#refuse(fields, ["for", "keep_firing_for", "annotations"], "a recording rule");
      this.#checkMetricName(node, record);
      return { kind: "recording", record, text, expr, labels, place };
    }
    const annotations = this.#yaml.record(fields.get("annotations"), "annotations");
    for (const template of [...Object.values(own), ...Object.values(annotations)]) {
      this.#checkTemplate(node, template);
    }
    return {
      kind: "alerting",
      alert: alert!,
      text,
      expr,
      labels,
      place,
      annotations,
      forMs: this.#yaml.durationMs(fields.get("for"), "for") ?? 0,
      keepFiringForMs: this.#yaml.durationMs(fields.get("keep_firing_for"), "keep_firing_for") ?? 0,
    };
  }

  #expression(node: Node | null, text: string): Expr {
    try {
      return parsePromql(text, this.#options);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw this.#yaml.problem(node, `could not parse expression: ${why}`);
    }
  }

  #labels(node: Node | null | undefined, what: string): Readonly<Record<string, string>> {
    const labels = this.#yaml.record(node, what);
    for (const [name, value] of Object.entries(labels)) {
      if (name === "" || name === METRIC_NAME || !name.isWellFormed()) {
        throw this.#yaml.problem(node ?? null, `invalid label name: ${JSON.stringify(name)}`);
      }
      if (!value.isWellFormed()) {
        throw this.#yaml.problem(node ?? null, `invalid label value: ${JSON.stringify(value)}`);
      }
    }
    return labels;
  }

  #checkMetricName(node: Node | null, name: string): void {
    if (name !== "" && name.isWellFormed()) return;
    throw this.#yaml.problem(node, `invalid recording rule name: ${JSON.stringify(name)}`);
  }

  #checkTemplate(node: Node | null, template: string): void {
    try {
      parseTemplate(template);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw this.#yaml.problem(node, `could not parse template: ${why}`);
    }
  }

  #refuse(fields: ReadonlyMap<string, Node | null>, names: readonly string[], what: string): void {
    for (const name of names) {
      if (!fields.has(name)) continue;
      throw this.#yaml.problem(fields.get(name) ?? null, `invalid field ${name} in ${what}`);
    }
  }
}
