/** Recording rules: the result of an expression under a new name and with the rule's labels. */
import { EngineError } from "#base/engine-error.ts";
import { labelsKey, labelsOf, METRIC_NAME } from "#model/labels.ts";
import type { Labels } from "#model/labels.ts";
import type { RecordingRule } from "./rule-group.ts";
import type { RuleQuery, RuleSample } from "./rule-output.ts";
import { RULE_FAILED } from "./rules-errors.ts";

/** Errors: `rules.failed` for series that become the same, or more of them than the limit. */
export async function evaluateRecordingRule(
  rule: RecordingRule,
  timeMs: number,
  limit: number,
  query: RuleQuery,
): Promise<readonly RuleSample[]> {
  const samples = (await query(rule.expr, rule.text, timeMs)).map(({ labels, value }) => {
    return { labels: renamed(labels, rule), value };
  });
  const keys = new Set(samples.map(({ labels }) => labelsKey(labels)));
  if (keys.size < samples.length) {
    throw new EngineError(
      RULE_FAILED,
      `cannot record ${rule.record}: vector contains metrics with the same labelset after ` +
        "applying rule labels",
    );
  }
  if (limit > 0 && samples.length > limit) {
    throw new EngineError(
      RULE_FAILED,
      `cannot record ${rule.record}: exceeded limit of ${limit} with ${samples.length} series`,
    );
  }
  return samples;
}

function renamed(labels: Labels, rule: RecordingRule): Labels {
  const pairs = new Map<string, string>();
  for (let i = 0; i < labels.length; i += 2) pairs.set(labels[i]!, labels[i + 1]!);
  pairs.set(METRIC_NAME, rule.record);
  for (const [name, value] of Object.entries(rule.labels)) pairs.set(name, value);
  return labelsOf(pairs);
}
