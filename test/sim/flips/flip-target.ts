/** Files at rest whose bits are flipped one at a time, and a judge of what a reader makes of them. */
import type { DiskSnapshot } from "../disk-model.ts";

/**
 * `right`: the answers are what they were. `named`: a count, a log line or an error says what is
 * damaged, and every sample that does come back is one that was stored. Anything else is a fault in
 * words.
 */
export type FlipVerdict = "right" | "named" | { readonly fault: string };

export interface FlipSubject {
  readonly snapshot: DiskSnapshot;
  /** `path` and `offset` are where the bit was. */
  readonly judge: (changed: DiskSnapshot, path: string, offset: number) => Promise<FlipVerdict>;
}

export interface FlipTarget {
  readonly name: string;
  /** Share of a campaign's flips. */
  readonly share: number;
  readonly make: (seed: number) => Promise<FlipSubject>;
}
