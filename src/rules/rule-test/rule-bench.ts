/**
 * Rules at work on samples in memory, for one test: loads the input, evaluates all groups on the
 * test's grid, keeps what they record, and answers queries. Evaluation is that of the node, storage
 * is not.
 */
import { EMPTY_LABELS, labelsKey, labelsRecord } from "#model/labels.ts";
import type { Labels } from "#model/labels.ts";
import { tenantId } from "#model/refs.ts";
import { Engine } from "#promql/engine.ts";
import type { Expr } from "#promql/parse/ast.ts";
import type { QueryResult } from "#promql/query-result.ts";
import { QUERY_FEATURES_DEFAULT, QUERY_LIMITS_DEFAULT } from "#promql/query-options.ts";
import { MemoryQueryable } from "#promql/script/memory-queryable.ts";
import type { MemorySample } from "#promql/script/memory-queryable.ts";
import { parseMetric } from "#promql/script/parse-metric.ts";
import { parseValues } from "#promql/script/parse-values.ts";
import type { Clock } from "#runtime/ports/clock.ts";
import { AlertingRuleState } from "../alerting-rule-state.ts";
import type { Alert } from "../alerting-rule-state.ts";
import { evaluateRecordingRule } from "../evaluate-recording-rule.ts";
import type { AlertingRule, RuleGroup } from "../rule-group.ts";
import type { RuleSample } from "../rule-output.ts";
import type { SampleValue } from "../template/template-value.ts";
import type { InputSeries, RuleTestGroup } from "./rule-test-file.ts";

export interface RuleBenchOptions {
  readonly clock: Clock;
  readonly groups: readonly RuleGroup[];
  readonly evaluationIntervalMs: number;
  readonly test: RuleTestGroup;
}

const TENANT = tenantId(0);
/** That of a stock server: tests have no way to say another. */
const LOOKBACK_MS = 5 * 60_000;

export class RuleBench {
  readonly #options: RuleBenchOptions;
  readonly #store = new MemoryQueryable();
  readonly #engine: Engine;
  readonly #alerting = new Map<AlertingRule, AlertingRuleState>();
  /** Series each rule gave last time: those that are gone get a stale marker. */
  readonly #lastSeries = new Map<object, ReadonlyMap<string, Labels>>();
  readonly #signal = new AbortController().signal;

  constructor(options: RuleBenchOptions) {
    this.#options = options;
    this.#engine = new Engine({
      queryable: this.#store,
      clock: options.clock,
      features: { ...QUERY_FEATURES_DEFAULT, experimentalFunctions: true },
      limits: QUERY_LIMITS_DEFAULT,
      lookbackMs: LOOKBACK_MS,
      defaultSubqueryStepMs: options.evaluationIntervalMs,
    });
    for (const rule of options.groups.flatMap(({ rules }) => rules)) {
      if (rule.kind === "alerting") this.#alerting.set(rule, new AlertingRuleState(rule));
    }
  }

  /** Throws with the reason when a series cannot be read. */
  load(series: readonly InputSeries[]): void {
    const { intervalMs, startMs } = this.#options.test;
    for (const { series: name, values } of series) {
      const { labels, rest } = parseMetric(name);
      if (rest !== "") throw new Error(`got ${JSON.stringify(rest)} behind the labels`);
      const samples = parseValues(values).flatMap((value, i): readonly MemorySample[] => {
        const timeMs = startMs + i * intervalMs;
        if (value.kind === "omitted") return [];
        if (value.kind === "stale") return [{ timeMs, startMs: 0, value: "stale" }];
        const sample = value.kind === "float" ? value.value : value.histogram;
        return [{ timeMs, startMs: 0, value: sample }];
      });
      this.#store.append(labels, samples);
    }
  }

  /** Evaluates every group at one time, in the given order. */
  async evaluate(timeMs: number): Promise<void> {
    for (const group of this.#options.groups) {
      for (const rule of group.rules) {
        const samples =
          rule.kind === "recording"
            ? await evaluateRecordingRule(rule, timeMs, group.limit, (expr, text, at) =>
                this.#vector(expr, text, at),
              )
            : await this.#alerting
                .get(rule)!
                .evaluate(timeMs, group.limit, this.#alertOptions(timeMs));
        this.#record(rule, samples, timeMs);
      }
    }
  }

  /** Firing alerts of this name, over all groups. */
  firing(alertname: string): readonly Alert[] {
    return [...this.#alerting.values()]
      .filter(({ rule }) => rule.alert === alertname)
      .flatMap((state) => state.active())
      .filter(({ state }) => state === "firing");
  }

  async query(text: string, timeMs: number): Promise<readonly RuleSample[]> {
    return this.#vector(this.#engine.parse(text), text, timeMs);
  }

  async #vector(expr: Expr, text: string, timeMs: number): Promise<readonly RuleSample[]> {
    const window = { startMs: timeMs, endMs: timeMs, stepMs: 0 };
    const result = await this.#engine.evaluate(
      expr,
      { tenant: TENANT, text },
      window,
      this.#signal,
    );
    return samplesOf(result);
  }

  #alertOptions(timeMs: number): Parameters<AlertingRuleState["evaluate"]>[2] {
    const { externalLabels, externalUrl } = this.#options.test;
    return {
      query: (expr, text, at) => this.#vector(expr, text, at),
      externalLabels,
      templates: {
        query: async (text) => (await this.query(text, timeMs)).map(templateSample),
        nowMs: timeMs,
        externalUrl,
        pathPrefix: pathOf(externalUrl),
      },
    };
  }

  #record(rule: object, samples: readonly RuleSample[], timeMs: number): void {
    const current = new Map<string, Labels>();
    for (const { labels, value } of samples) {
      current.set(labelsKey(labels), labels);
      this.#store.append(labels, [{ timeMs, startMs: 0, value }]);
    }
    for (const [key, labels] of this.#lastSeries.get(rule) ?? []) {
      if (!current.has(key)) this.#store.append(labels, [{ timeMs, startMs: 0, value: "stale" }]);
    }
    this.#lastSeries.set(rule, current);
  }
}

function samplesOf(result: QueryResult): readonly RuleSample[] {
  if (result.kind === "scalar") return [{ labels: EMPTY_LABELS, value: result.value }];
  if (result.kind !== "vector") throw new Error("rule result is not a vector or scalar");
  return result.labels.map((labels, i) => {
    return { labels, value: result.histograms?.[i] ?? result.values[i]! };
  });
}

function templateSample({ labels, value }: RuleSample): SampleValue {
  const number = typeof value === "number" ? value : Number.NaN;
  return { type: "sample", labels: labelsRecord(labels), value: number };
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname.replace(/\/$/, "") : "";
}
