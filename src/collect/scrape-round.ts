/**
 * What one scrape has to store: the samples of the page, a stale marker for every series that was
 * there the last time and is not now, the scrape's own series, and what the page says of its metrics.
 * Pure.
 */
import { type Labels, labelsKey, labelsOf, METRIC_NAME } from "#model/labels.ts";
import { writeStaleAt } from "#model/staleness.ts";
import type { ExpositionPage, FamilyMetadata } from "#ingest/exposition/exposition-page.ts";
import type { SampleColumns } from "#ingest/prometheus-remote-write/remote-write-encoder.ts";
import type { MetricFacts } from "#ingest/prometheus-remote-write/write-request-builder.ts";
import { METRIC_TYPES } from "#storage/metric-metadata.ts";
import { withTargetLabels } from "./target-labels.ts";

/** Series that a later round must end, by `labelsKey`. */
export type LiveSeries = ReadonlyMap<string, Labels>;

export interface ScrapeOutcome {
  /** Null when the target could not be read: it is down, and everything it had is stale. */
  readonly page: ExpositionPage | null;
  readonly timestampMs: number;
  readonly durationMs: number;
}

export interface ScrapeRound {
  readonly columns: SampleColumns;
  readonly live: LiveSeries;
}

export function scrapeRound(
  outcome: ScrapeOutcome,
  target: Labels,
  before: LiveSeries,
): ScrapeRound {
  const { page, timestampMs } = outcome;
  const scrapedCount = page?.labels.length ?? 0;
  const live = new Map<string, Labels>();
  const labels: Labels[] = [];
  for (let i = 0; i < scrapedCount; i++) {
    const series = withTargetLabels(page!.labels[i]!, target);
    labels.push(series);
    // A sample with a time of its own says nothing about whether its series is there now.
    if (Number.isNaN(page!.timestamps[i]!)) live.set(labelsKey(series), series);
  }
  const vanished = [...before].filter(([key]) => !live.has(key));
  for (const [, series] of vanished) labels.push(series);
  const own: readonly (readonly [string, number])[] = [
    ["up", page === null ? 0 : 1],
    ["scrape_duration_seconds", outcome.durationMs / 1000],
    ["scrape_samples_scraped", scrapedCount],
  ];
  for (const [name] of own) labels.push(withTargetLabels(labelsOf([[METRIC_NAME, name]]), target));
  const values = new Float64Array(labels.length);
  const timestamps = new Float64Array(labels.length).fill(timestampMs);
  for (let i = 0; i < scrapedCount; i++) {
    if (!Number.isNaN(page!.timestamps[i]!)) timestamps[i] = page!.timestamps[i]!;
  }
  if (page !== null) values.set(page.values);
  for (let i = 0; i < vanished.length; i++) writeStaleAt(values, scrapedCount + i);
  for (const [i, [, value]] of own.entries()) values[scrapedCount + vanished.length + i] = value;
  const metadata = page?.families.map(factsOf) ?? [];
  return { columns: { labels, values, timestamps, metadata }, live };
}

function factsOf({ name, type, help }: FamilyMetadata): MetricFacts {
  return { metric: name, type: Math.max(0, METRIC_TYPES.indexOf(type)), help };
}
