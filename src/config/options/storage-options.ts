/**
 * How samples are held: memory for recent ones, lateness, when they become blocks, how long they are
 * kept and at which resolution, and how series spread over shards.
 */
import { bytesOption } from "../kinds/bytes-option.ts";
import { durationOption } from "../kinds/duration-option.ts";
import { integerOption } from "../kinds/integer-option.ts";
import { retentionRulesOption } from "../kinds/retention-rules-option.ts";
import { shardListOption } from "../kinds/shard-list-option.ts";
import type { SectionSchema } from "../option.ts";

const DAY_MS = 86_400_000;
/** A century is for ever. */
const RETENTION_MS_MAX: number = 36_500 * DAY_MS;

export interface StorageSettings {
  readonly headBytesMax: number;
  /** 0: blocks are never written. */
  readonly headWindowMs: number;
  /** Infinity when unlimited. */
  readonly outOfOrderWindowMs: number;
  readonly exemplarsMax: number;
  /** Infinity when unlimited. */
  readonly retentionRawMs: number;
  /** 0: the tier is not made. */
  readonly retention1mMs: number;
  /** 0: the tier is not made. */
  readonly retention1hMs: number;
  /** Infinity when unlimited. */
  readonly retentionBytesMax: number;
  /** `tenant=7 {env="dev"} raw=1d`; see `parseRetentionText`. */
  readonly retentionRules: readonly string[];
  /** Numbers of shards. */
  readonly acceptLoss: readonly number[];
  readonly shards: number;
  readonly lanes: number;
}

export const STORAGE_OPTIONS: SectionSchema<StorageSettings> = {
  headBytesMax: bytesOption({
    description: "Memory for recent samples, all shards together.",
    default: { memoryPercent: 40 },
    bytesMin: 64 * 1024 ** 2,
    bytesMax: 1024 ** 4,
  }),
  headWindowMs: durationOption({
    description:
      "How long samples stay in memory and in the log before they are written as blocks.",
    defaultMs: 7_200_000,
    minMs: 1000,
    maxMs: 86_400_000,
    zero: "blocks are never written",
  }),
  outOfOrderWindowMs: durationOption({
    description: "How much older than the newest sample of its series a sample may be.",
    defaultMs: 3_600_000,
    minMs: 1000,
    maxMs: 3650 * 86_400_000,
    zero: "none",
    allowUnlimited: true,
  }),
  retentionRawMs: durationOption({
    description: "How long samples are kept as they were received.",
    defaultMs: 7 * DAY_MS,
    minMs: 3_600_000,
    maxMs: RETENTION_MS_MAX,
    allowUnlimited: true,
  }),
  retention1mMs: durationOption({
    description:
      "How long a minute of a series is kept as one row: count, sum, min, max, increase.",
    defaultMs: 30 * DAY_MS,
    minMs: 3_600_000,
    maxMs: RETENTION_MS_MAX,
    zero: "not made",
    allowUnlimited: true,
  }),
  retention1hMs: durationOption({
    description: "How long an hour of a series is kept as one row.",
    defaultMs: 365 * DAY_MS,
    minMs: 3_600_000,
    maxMs: RETENTION_MS_MAX,
    zero: "not made",
    allowUnlimited: true,
  }),
  retentionBytesMax: bytesOption({
    description:
      "Bytes of all blocks together, without the log; the oldest go when there are more.",
    default: Infinity,
    bytesMin: 64 * 1024 ** 2,
    bytesMax: 1024 ** 5,
  }),
  retentionRules: retentionRulesOption({
    description:
      "Other ages for some series; the first rule that accepts a series decides, what it does not " +
      "name is as for all.",
  }),
  exemplarsMax: integerOption({
    description:
      "Exemplars kept, the newest, all shards together; each shard has the same share. 0 keeps none.",
    // As many as Prometheus keeps; measured, they take some 530 bytes each.
    default: 100_000,
    min: 0,
    max: 10_000_000,
  }),
  acceptLoss: shardListOption({
    description:
      "Shards to serve with what is left although their manifest was lost, damaged or rolled back. " +
      "For one start: afterwards what is left counts as all there is.",
  }),
  shards: integerOption({
    description: "Virtual shards of a new data folder. An existing folder keeps its own number.",
    default: 64,
    min: 1,
    max: 32_768,
    powerOfTwo: true,
  }),
  lanes: integerOption({
    description:
      "Shards one scrape target may spread over; the largest value places nearly every series by " +
      "itself. An existing folder keeps its own.",
    default: 4,
    min: 1,
    max: 2 ** 20,
  }),
};
