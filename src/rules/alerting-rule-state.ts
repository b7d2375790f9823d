/**
 * The alerts of one alerting rule over time. A result that stays for `for` fires; one that goes away
 * resolves, unless `keep_firing_for` holds it. States and labels are those of Prometheus.
 *
 *   inactive ──result──▶ pending ──for──▶ firing ──result gone (and kept long enough)──▶ inactive
 *                          └──result gone──▶ forgotten
 */
import { EngineError } from "#base/engine-error.ts";
import { labelsKey, labelsOf, labelsRecord, METRIC_NAME } from "#model/labels.ts";
import type { Labels } from "#model/labels.ts";
import type { AlertingRule } from "./rule-group.ts";
import type { RuleQuery, RuleSample } from "./rule-output.ts";
import { RULE_FAILED } from "./rules-errors.ts";
import { expandTemplate } from "./template/expand-template.ts";
import type { TemplateContext } from "./template/template-functions.ts";
import { stringMap } from "./template/template-value.ts";
import type { TemplateValue } from "./template/template-value.ts";

export type AlertState = "inactive" | "pending" | "firing";

export interface Alert {
  state: AlertState;
  readonly labels: Labels;
  annotations: Labels;
  value: number;
  readonly activeAtMs: number;
  firedAtMs: number;
  /** 0 = not resolved. */
  resolvedAtMs: number;
  /** 0 = its result is there. */
  keepFiringSinceMs: number;
}

export interface AlertingOptions {
  readonly query: RuleQuery;
  readonly templates: TemplateContext;
  readonly externalLabels: Readonly<Record<string, string>>;
}

/** Resolved alerts are told again for this long. */
const RESOLVED_RETENTION_MS = 15 * 60_000;
const ALERT_NAME = "alertname";

export class AlertingRuleState {
  readonly rule: AlertingRule;
  readonly #alerts = new Map<string, Alert>();

  constructor(rule: AlertingRule) {
    this.rule = rule;
  }

  /** Pending and firing ones. */
  active(): readonly Alert[] {
    return [...this.#alerts.values()].filter(({ state }) => state !== "inactive");
  }

  /** One evaluation; returns `ALERTS` and `ALERTS_FOR_STATE`. Errors: `rules.failed`. */
  async evaluate(
    timeMs: number,
    limit: number,
    options: AlertingOptions,
  ): Promise<readonly RuleSample[]> {
    const results = await options.query(this.rule.expr, this.rule.text, timeMs);
    const found = new Map<string, Alert>();
    for (const sample of results) {
      const alert = await this.#alertOf(sample, timeMs, options);
      const key = labelsKey(alert.labels);
      if (found.has(key)) {
        throw this.#failure(
          "vector contains metrics with the same labelset after applying alert labels",
        );
      }
      found.set(key, alert);
    }
    this.#take(found);
    this.#advance(found, timeMs);
    const active = this.active();
    if (limit > 0 && active.length > limit) {
      this.#alerts.clear();
      throw this.#failure(`exceeded limit of ${limit} with ${active.length} alerts`);
    }
    return active.flatMap((alert) => this.#samplesOf(alert));
  }

  async #alertOf(sample: RuleSample, timeMs: number, options: AlertingOptions): Promise<Alert> {
    const { labels, annotations, alert } = this.rule;
    const value = typeof sample.value === "number" ? sample.value : Number.NaN;
    const expand = (text: string): Promise<string> => expanded(text, sample.labels, value, options);
    const pairs = new Map(Object.entries(labelsRecord(sample.labels)));
    pairs.delete(METRIC_NAME);
    for (const [name, text] of Object.entries(labels)) pairs.set(name, await expand(text));
    pairs.set(ALERT_NAME, alert);
    const told: [string, string][] = [];
    for (const [name, text] of Object.entries(annotations)) told.push([name, await expand(text)]);
    return {
      state: "pending",
      labels: labelsOf(pairs),
      annotations: labelsOf(told),
      value,
      activeAtMs: timeMs,
      firedAtMs: 0,
      resolvedAtMs: 0,
      keepFiringSinceMs: 0,
    };
  }

  /** New results become alerts; known ones get their newest value and annotations. */
  #take(found: ReadonlyMap<string, Alert>): void {
    for (const [key, fresh] of found) {
      const known = this.#alerts.get(key);
      if (known === undefined || known.state === "inactive") {
        this.#alerts.set(key, fresh);
      } else {
        known.value = fresh.value;
        known.annotations = fresh.annotations;
      }
    }
  }

  #advance(found: ReadonlyMap<string, Alert>, timeMs: number): void {
    const { forMs, keepFiringForMs } = this.rule;
    for (const [key, alert] of this.#alerts) {
      if (found.has(key)) {
        alert.keepFiringSinceMs = 0;
      } else {
        if (alert.state === "firing" && keepFiringForMs > 0) {
          if (alert.keepFiringSinceMs === 0) alert.keepFiringSinceMs = timeMs;
          if (timeMs - alert.keepFiringSinceMs < keepFiringForMs) continue;
        }
        const isForgotten =
          alert.state === "pending" ||
          (alert.resolvedAtMs > 0 && timeMs - alert.resolvedAtMs > RESOLVED_RETENTION_MS);
        if (isForgotten) this.#alerts.delete(key);
        if (alert.state !== "inactive") {
          alert.state = "inactive";
          alert.resolvedAtMs = timeMs;
        }
        continue;
      }
      if (alert.state === "pending" && timeMs - alert.activeAtMs >= forMs) {
        alert.state = "firing";
        alert.firedAtMs = timeMs;
      }
    }
  }

  #samplesOf(alert: Alert): readonly RuleSample[] {
    const pairs = Object.entries(labelsRecord(alert.labels));
    const named = (name: string, extra: readonly (readonly [string, string])[]): Labels =>
      labelsOf(new Map([...pairs, [METRIC_NAME, name], ...extra]));
    return [
      { labels: named("ALERTS", [["alertstate", alert.state]]), value: 1 },
      { labels: named("ALERTS_FOR_STATE", []), value: Math.floor(alert.activeAtMs / 1000) },
    ];
  }

  #failure(cause: string): EngineError {
    return new EngineError(RULE_FAILED, `cannot evaluate alert ${this.rule.alert}: ${cause}`);
  }
}

/** A template that fails says so in its place; the alert itself goes on. */
async function expanded(
  text: string,
  labels: Labels,
  value: number,
  options: AlertingOptions,
): Promise<string> {
  const labelMap = stringMap(labelsRecord(labels));
  const externalLabels = stringMap(options.externalLabels);
  const { externalUrl } = options.templates;
  const entries = new Map<string, TemplateValue>([
    ["Labels", labelMap],
    ["ExternalLabels", externalLabels],
    ["ExternalURL", externalUrl],
    ["Value", value],
  ]);
  try {
    return await expandTemplate(
      text,
      { type: "map", entries, missing: null },
      {
        $labels: labelMap,
        $externalLabels: externalLabels,
        $externalURL: externalUrl,
        $value: value,
      },
      options.templates,
    );
  } catch (error) {
    return `<error expanding template: ${error instanceof Error ? error.message : String(error)}>`;
  }
}
