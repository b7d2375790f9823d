/**
 * Durations as people write them: whole numbers with a unit, largest unit first, each unit at most
 * once (`90s`, `1h30m`, `2d`). A day has 24 hours, a week 7 days, a year 365 days. The same form is
 * used by configuration, request parameters and rule files.
 */
interface DurationUnit {
  readonly name: string;
  readonly ms: number;
}

/** Largest first. */
const UNITS: readonly DurationUnit[] = [
  { name: "y", ms: 365 * 86_400_000 },
  { name: "w", ms: 7 * 86_400_000 },
  { name: "d", ms: 86_400_000 },
  { name: "h", ms: 3_600_000 },
  { name: "m", ms: 60_000 },
  { name: "s", ms: 1000 },
  { name: "ms", ms: 1 },
];

/** One group for each unit, in the order of `UNITS`. */
const PATTERN = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** Milliseconds, or null when the text is no duration or is beyond 2^53 ms. `0` needs no unit. */
export function parseDuration(text: string): number | null {
  if (text === "0") return 0;
  const match = PATTERN.exec(text);
  if (match === null || text === "") return null;
  let totalMs = 0;
  for (const [index, unit] of UNITS.entries()) totalMs += Number(match[index + 1] ?? 0) * unit.ms;
  return Number.isSafeInteger(totalMs) ? totalMs : null;
}

/** The shortest text `parseDuration` reads back to the same number; weeks and years stay days. */
export function formatDuration(durationMs: number): string {
  if (durationMs === 0) return "0s";
  let rest = durationMs;
  let text = "";
  for (const unit of UNITS.slice(2)) {
    const count = Math.floor(rest / unit.ms);
    if (count > 0) text += `${count}${unit.name}`;
    rest -= count * unit.ms;
  }
  return text;
}
