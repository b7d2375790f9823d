/** The node as its own first target. */
import { durationOption } from "../kinds/duration-option.ts";
import type { SectionSchema } from "../option.ts";

export interface SelfScrapeSettings {
  /** 0 when off. */
  readonly intervalMs: number;
}

export const SELF_SCRAPE_OPTIONS: SectionSchema<SelfScrapeSettings> = {
  intervalMs: durationOption({
    description: "How often the node stores its own metrics.",
    defaultMs: 5000,
    minMs: 1000,
    maxMs: 3_600_000,
    zero: "off",
  }),
};
