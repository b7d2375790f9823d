/** How many threads do what. */
import { integerOption } from "../kinds/integer-option.ts";
import type { SectionSchema } from "../option.ts";

export interface ThreadsSettings {
  readonly shardWorkers: number;
  readonly queryWorkers: number;
}

/** More workers than this only wait for each other's memory. */
const WORKERS_MAX = 256;

export const THREADS_OPTIONS: SectionSchema<ThreadsSettings> = {
  shardWorkers: integerOption({
    description: "Threads that take in and hold samples.",
    default: { text: "one per core", of: (machine) => machine.cores },
    min: 1,
    max: WORKERS_MAX,
  }),
  queryWorkers: integerOption({
    description: "Threads that answer queries.",
    default: { text: "half the cores, at least 1", of: (machine) => machine.cores >> 1 },
    min: 1,
    max: WORKERS_MAX,
  }),
};
