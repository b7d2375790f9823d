/** What each tenant may use of the node. Over a limit a sender is answered 429, which names it. */
import { limitOption } from "../kinds/limit-option.ts";
import { tenantLimitsOption } from "../kinds/tenant-limits-option.ts";
import type { SectionSchema } from "../option.ts";

export interface LimitsSettings {
  /** Infinity when unlimited; so are the following. */
  readonly seriesMax: number;
  readonly samplesPerSecondMax: number;
  /** `7:seriesMax=1000:samplesPerSecondMax=50`; see `parseTenantLimit`. */
  readonly tenants: readonly string[];
}

/** What a counter in shared memory holds. */
const SERIES_MAX = 2_000_000_000;
const SAMPLES_PER_SECOND_MAX = 1_000_000_000;

export const LIMITS_OPTIONS: SectionSchema<LimitsSettings> = {
  seriesMax: limitOption({
    description: "Series that a tenant may have in memory.",
    max: SERIES_MAX,
  }),
  samplesPerSecondMax: limitOption({
    description: "Samples that a tenant may send per second; 15 s of them may come at once.",
    max: SAMPLES_PER_SECOND_MAX,
  }),
  tenants: tenantLimitsOption({
    description: "Limits of single tenants, which replace those of all.",
  }),
};
