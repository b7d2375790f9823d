/** What the series in memory are made of, for `/api/v1/status/tsdb`. */
import type { TenantId } from "#model/refs.ts";

export interface NamedCount {
  readonly name: string;
  readonly count: number;
}

export interface HeadStatus {
  readonly seriesCount: number;
  readonly labelPairCount: number;
  /** Null without samples. Of the whole node. */
  readonly minTimeMs: number | null;
  readonly maxTimeMs: number | null;
  readonly chunkCount: number;
  /** The largest of each, largest first. */
  readonly seriesByMetricName: readonly NamedCount[];
  readonly valuesByLabelName: readonly NamedCount[];
  readonly bytesByLabelName: readonly NamedCount[];
  readonly seriesByLabelPair: readonly NamedCount[];
  /** Label values beyond what is counted one by one; 0 as a rule. */
  readonly uncountedValues: number;
}

export interface HeadStatusSource {
  /** `limit` entries of each list. */
  headStatus(tenant: TenantId, limit: number, signal: AbortSignal): Promise<HeadStatus>;
}
