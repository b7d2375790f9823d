/**
 * Durations and times as queries write them. On quiet data all of them are whole seconds, or half a
 * second more where that keeps an edge away from what may lie on whole seconds.
 */
import type { Scope } from "./scope.ts";

const SECOND_MS = 1000;
const HALF_SECOND_MS = 500;
const MINUTE_MS = 60_000;

const RANGES_MS = [30_000, 60_000, 90_000, 120_000, 240_000, 300_000, 300_000, 600_000, 900_000];

export function durationText(ms: number): string {
  if (ms % MINUTE_MS === 0) return `${ms / MINUTE_MS}m`;
  const minutes = Math.floor(ms / MINUTE_MS);
  const seconds = Math.floor((ms % MINUTE_MS) / SECOND_MS);
  const rest = ms % SECOND_MS;
  const part = (count: number, unit: string): string => (count > 0 ? `${count}${unit}` : "");
  return part(minutes, "m") + part(seconds, "s") + part(rest, "ms");
}

/** The length of a range selector, most of them long enough for several samples. */
export function makeRange(scope: Scope): string {
  const { dice, language, data } = scope;
  const ms = dice.chance(0.8) ? dice.pick(RANGES_MS) : dice.between(5, 1200) * SECOND_MS;
  if (language.isNewest && dice.chance(0.08)) return makeDurationExpression(scope, ms);
  if (language.isNewest && dice.chance(0.08)) return String(ms / SECOND_MS);
  // Half a second moves both edges to where no quiet sample is either.
  return durationText(data.profile === "quiet" && dice.chance(0.1) ? ms + HALF_SECOND_MS : ms);
}

/**
 * The length of a subquery. Its inner times are whole seconds; on quiet data its left edge is not,
 * since the old and the new engine treat what lies on it differently.
 */
export function makeSubqueryRange(scope: Scope): string {
  const { dice, data, phaseMs } = scope;
  const ms = dice.pick([60_000, 120_000, 180_000, 300_000, 600_000]);
  return durationText(data.profile === "quiet" && phaseMs === 0 ? ms + HALF_SECOND_MS : ms);
}

export function makeSubqueryStep({ dice }: Scope): string {
  return dice.pick(["", "10s", "15s", "30s", "30s", "1m", "1m", "7s"]);
}

/** ` offset ...`, ` @ ...`, both or none. Positive offsets and times inside the data prevail. */
export function makeShift(scope: Scope): { readonly text: string; readonly phaseMs: number } {
  const { dice } = scope;
  if (dice.chance(0.75)) return { text: "", phaseMs: scope.phaseMs };
  const offset = dice.chance(0.7) ? makeOffset(scope) : "";
  if (offset !== "" && dice.chance(0.7)) return { text: offset, phaseMs: scope.phaseMs };
  const at = makeAt(scope);
  return {
    text: dice.chance(0.5) ? at.text + offset : offset + at.text,
    phaseMs: at.phaseMs,
  };
}

function makeOffset(scope: Scope): string {
  const { dice, language } = scope;
  const ms = dice.pick([1000, 15_000, 60_000, 77_000, 300_000, 600_000]);
  if (language.isNewest && dice.chance(0.1)) {
    return ` offset (${makeDurationExpression(scope, ms)})`;
  }
  return ` offset ${dice.chance(0.2) ? "-" : ""}${durationText(ms)}`;
}

function makeAt(scope: Scope): { readonly text: string; readonly phaseMs: number } {
  const { dice, data, times } = scope;
  const edgePhaseMs = times.startMs % SECOND_MS;
  if (dice.chance(0.3)) {
    return { text: dice.pick([" @ start()", " @ end()"]), phaseMs: edgePhaseMs };
  }
  const seconds = dice.between(data.startMs / SECOND_MS + 300, data.endMs / SECOND_MS);
  return { text: ` @ ${(seconds + edgePhaseMs / SECOND_MS).toFixed(3)}`, phaseMs: edgePhaseMs };
}

/** A duration written as arithmetic that comes to `ms`, or to something near it. */
function makeDurationExpression({ dice, times }: Scope, ms: number): string {
  const text = durationText(ms);
  const shapes = [
    `${text} + 30s`,
    `2 * (${text})`,
    `${text} / 2 + 1m`,
    `(${ms / SECOND_MS} + 2 ^ 4)`,
    `max_of(${text}, 45s)`,
    `min_of(${text}, 20m) % 1h`,
  ];
  if (!times.isInstant) shapes.push(`step() * 2 + ${text}`, `max_of(step(), ${text})`, "range()");
  return dice.pick(shapes);
}
