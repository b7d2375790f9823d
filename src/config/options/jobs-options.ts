/** Background work that gives way to everything else. */
import { durationOption } from "../kinds/duration-option.ts";
import type { SectionSchema } from "../option.ts";

export interface JobsSettings {
  /** 0 when off. */
  readonly scrubIntervalMs: number;
}

export const JOBS_OPTIONS: SectionSchema<JobsSettings> = {
  scrubIntervalMs: durationOption({
    description:
      "How often the finished files of the log are read again and their checksums verified.",
    defaultMs: 86_400_000,
    minMs: 1000,
    maxMs: 365 * 86_400_000,
    zero: "never",
  }),
};
