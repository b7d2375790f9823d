/** How samples are held: memory for recent ones, lateness, and how series spread over shards. */
import { bytesOption } from "../kinds/bytes-option.ts";
import { durationOption } from "../kinds/duration-option.ts";
import { integerOption } from "../kinds/integer-option.ts";
import type { SectionSchema } from "../option.ts";

export interface StorageSettings {
  readonly headBytesMax: number;
  /** Infinity when unlimited. */
  readonly outOfOrderWindowMs: number;
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
  outOfOrderWindowMs: durationOption({
    description: "How much older than the newest sample of its series a sample may be.",
    defaultMs: 3_600_000,
    minMs: 1000,
    maxMs: 3650 * 86_400_000,
    zero: "none",
    allowUnlimited: true,
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
