/** How the blocks of a node grow together and age, from its configuration. */
import { must } from "#base/assert.ts";
import type { StorageSettings } from "#config/options/storage-options.ts";
import { parseRetentionText } from "#config/retention-text.ts";
import { tenantId } from "#model/refs.ts";
import type { RetentionRule, TierAges } from "#tsdb/retention/retention-options.ts";
import { longestAges } from "#tsdb/retention/retention-plan.ts";
import type { UpkeepOptions } from "./next-upkeep.ts";

/** Later samples are few: they go into blocks of their own, beside those that were merged. */
const SETTLE_MS_MAX = 86_400_000;

export function upkeepOptionsOf(settings: StorageSettings): UpkeepOptions {
  const { retentionRawMs, retention1mMs, retention1hMs, outOfOrderWindowMs } = settings;
  const ages: TierAges = [retentionRawMs, retention1mMs, retention1hMs];
  const rules = settings.retentionRules.map((text) => ruleOf(text, ages));
  const retention = { rules, ages };
  return {
    retention,
    retentionBytesMax: settings.retentionBytesMax,
    compaction: {
      retentionMs: longestAges(retention),
      settleMs: Math.min(outOfOrderWindowMs, SETTLE_MS_MAX),
    },
  };
}

function ruleOf(text: string, [raw, minutes, hours]: TierAges): RetentionRule {
  const rule = must(parseRetentionText(text), "retention rule that was checked when it was read");
  const { tenant, matchers, rawMs = raw, minutesMs = minutes, hoursMs = hours } = rule;
  const ages: TierAges = [rawMs, minutesMs, hoursMs];
  return { tenant: tenant === null ? null : tenantId(tenant), matchers, ages };
}
