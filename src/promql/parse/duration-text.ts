/**
 * Durations as PromQL writes them: whole numbers with units from years to milliseconds, largest
 * first, each at most once. Limits and wording are those of Prometheus, whose durations are 64-bit
 * nanoseconds; `#base/units/duration.ts` serves configuration and is silent about causes.
 */
import { quote } from "./go-quote.ts";

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ["y", 365 * 86_400_000],
  ["w", 7 * 86_400_000],
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
]);
const UNIT_ORDER = [...UNIT_MS.keys()];

/** 2^63 ns. */
const DURATION_MS_MAX = 2 ** 63 / 1e6;
/** 2^64 - 1, above which a count is no number at all. */
const COUNT_MAX = 2 ** 64;

export type DurationValue =
  | { readonly ok: true; readonly ms: number }
  | { readonly ok: false; readonly problem: string };

export function parseDurationText(text: string): DurationValue {
  let ms = 0;
  let last = -1;
  for (const [, count, unit = ""] of text.matchAll(/(\d*)(\D*)/g)) {
    if (count === "" && unit === "") break;
    const problem = partProblem(text, count!, unit, last);
    if (problem !== null) return { ok: false, problem };
    last = UNIT_ORDER.indexOf(unit);
    ms += Number(count) * UNIT_MS.get(unit)!;
    if (ms >= DURATION_MS_MAX) return { ok: false, problem: "duration out of range" };
  }
  return { ok: true, ms };
}

function partProblem(text: string, count: string, unit: string, last: number): string | null {
  const malformed = `not a valid duration string: ${quote(text)}`;
  if (count === "" || Number(count) >= COUNT_MAX || unit === "") return malformed;
  if (!UNIT_MS.has(unit)) return `unknown unit ${quote(unit)} in duration ${quote(text)}`;
  return UNIT_ORDER.indexOf(unit) <= last ? malformed : null;
}

/** Years and weeks only when nothing is left over, as 90d reads better than 12w6d. */
export function formatDurationText(durationMs: number): string {
  let rest = Math.abs(durationMs);
  if (rest === 0) return "0s";
  let text = durationMs < 0 ? "-" : "";
  for (const [unit, unitMs] of UNIT_MS) {
    const exactOnly = unit === "y" || unit === "w";
    if (exactOnly && rest % unitMs !== 0) continue;
    const count = Math.floor(rest / unitMs);
    if (count === 0) continue;
    text += `${count}${unit}`;
    rest -= count * unitMs;
  }
  return text;
}
