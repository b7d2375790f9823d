/** What senders say about their metrics, as readers get it. */
import type { TenantId } from "#model/refs.ts";

export interface MetricMetadata {
  readonly metric: string;
  /** Index into `METRIC_TYPES`. */
  readonly type: number;
  readonly help: string;
  readonly unit: string;
}

/** Numbers of both remote write messages. */
export const METRIC_TYPES: readonly string[] = [
  "unknown",
  "counter",
  "gauge",
  "histogram",
  "gaugehistogram",
  "summary",
  "info",
  "stateset",
];

export interface MetadataSelect {
  readonly tenant: TenantId;
  /** Null for all metrics. */
  readonly metric: string | null;
}

export interface MetadataSource {
  /** In order of the names; a metric may be described in several ways. */
  metadata(select: MetadataSelect): Promise<readonly MetricMetadata[]>;
}
