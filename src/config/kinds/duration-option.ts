/** An option in milliseconds, written with a unit (`30s`). */
import { formatDuration, parseDuration } from "#base/units/duration.ts";
import type { Option } from "../option.ts";

export interface DurationLimits {
  readonly description: string;
  readonly defaultMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  /** What `0` switches off, when it may be given although it is below `minMs`. */
  readonly zero?: string;
  /** Accept the word `unlimited`, which becomes Infinity. */
  readonly allowUnlimited?: boolean;
}

export function durationOption(limits: DurationLimits): Option<number> {
  const { defaultMs, minMs, maxMs, zero, allowUnlimited } = limits;
  const range = `between ${formatDuration(minMs)} and ${formatDuration(maxMs)}`;
  const unlimited = allowUnlimited === true ? ", or unlimited" : "";
  const off = zero === undefined ? "" : `, or 0 (${zero})`;
  return {
    kind: "duration",
    description: limits.description,
    defaultText: formatDuration(defaultMs),
    want: `a duration such as ${formatDuration(defaultMs)}, ${range}${off}${unlimited}`,
    isList: false,
    fallback: () => defaultMs,
    parse(text) {
      if (allowUnlimited === true && text === "unlimited") return Number.POSITIVE_INFINITY;
      const durationMs = parseDuration(text);
      if (durationMs === null) return undefined;
      if (durationMs === 0 && zero !== undefined) return 0;
      return durationMs >= minMs && durationMs <= maxMs ? durationMs : undefined;
    },
  };
}
