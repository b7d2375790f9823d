/**
 * What one query may cost, and how many run at a time. Where Prometheus has the same limit the
 * default is that of a stock server; the others keep one query from taking the memory of all.
 */
import { bytesOption } from "../kinds/bytes-option.ts";
import { durationOption } from "../kinds/duration-option.ts";
import { integerOption } from "../kinds/integer-option.ts";
import type { SectionSchema } from "../option.ts";

export interface QuerySettings {
  readonly timeoutMs: number;
  readonly samplesMax: number;
  readonly seriesMax: number;
  readonly bytesMax: number;
  readonly blockIndexBytesMax: number;
  readonly lookbackDeltaMs: number;
  readonly concurrencyMax: number;
  readonly pointsPerSeriesMax: number;
  readonly defaultSubqueryStepMs: number;
}

export const QUERY_OPTIONS: SectionSchema<QuerySettings> = {
  timeoutMs: durationOption({
    description: "How long a query may run.",
    defaultMs: 120_000,
    minMs: 100,
    maxMs: 3_600_000,
  }),
  samplesMax: integerOption({
    description: "Samples one query may hold in memory at a time.",
    default: 50_000_000,
    min: 1000,
    max: 1_000_000_000,
  }),
  seriesMax: integerOption({
    description: "Series one query may read from storage.",
    default: 2_000_000,
    min: 1,
    max: 100_000_000,
  }),
  bytesMax: bytesOption({
    description: "Bytes one query may read from storage, after decompression.",
    default: 1024 ** 3,
    bytesMin: 1024 ** 2,
    bytesMax: 1024 ** 4,
  }),
  blockIndexBytesMax: bytesOption({
    description: "Indexes of blocks that each query worker keeps in memory for the next query.",
    default: 256 * 1024 ** 2,
    bytesMin: 1024 ** 2,
    bytesMax: 1024 ** 4,
  }),
  lookbackDeltaMs: durationOption({
    description: "How old the newest sample of a series may be to count as its present value.",
    defaultMs: 300_000,
    minMs: 1,
    maxMs: 86_400_000,
  }),
  concurrencyMax: integerOption({
    description: "Queries that run at a time; more wait.",
    default: 20,
    min: 1,
    max: 1000,
  }),
  pointsPerSeriesMax: integerOption({
    description: "Steps a range query may have.",
    default: 11_000,
    min: 1,
    max: 1_000_000,
  }),
  defaultSubqueryStepMs: durationOption({
    description: "Step of a subquery that does not name one.",
    defaultMs: 60_000,
    minMs: 1,
    maxMs: 86_400_000,
  }),
};
