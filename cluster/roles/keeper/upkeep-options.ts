/** How the blocks of a node grow together and age, from its configuration. */
import type { StorageSettings } from "#config/options/storage-options.ts";
import type { TierAges } from "#tsdb/retention/retention-options.ts";
import type { UpkeepOptions } from "./next-upkeep.ts";

/** Later samples are few: they go into blocks of their own, beside those that were merged. */
const SETTLE_MS_MAX = 86_400_000;

export function upkeepOptionsOf(settings: StorageSettings): UpkeepOptions {
  const { retentionRawMs, retention1mMs, retention1hMs, outOfOrderWindowMs } = settings;
  const ages: TierAges = [retentionRawMs, retention1mMs, retention1hMs];
  return {
    retention: { rules: [], ages, bytesMax: Infinity },
    compaction: { retentionMs: ages, settleMs: Math.min(outOfOrderWindowMs, SETTLE_MS_MAX) },
  };
}
