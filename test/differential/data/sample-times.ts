/**
 * When the samples of a series were taken: a regular interval, in some profiles with jitter, with
 * gaps. Where a gap begins there may be a stale marker.
 */
import type { Dice } from "#test/support/dice.ts";
import type { DataProfile } from "./data-set.ts";

export interface SampleTimes {
  readonly timesMs: readonly number[];
  /** Indexes into `timesMs` that are stale markers. */
  readonly stale: ReadonlySet<number>;
}

const SECOND_MS = 1000;
const INTERVALS_MS = [5000, 10_000, 15_000, 15_000, 30_000, 60_000];

/** What the series of one scrape target share. */
export interface TargetClock {
  readonly intervalMs: number;
  readonly jitterMs: number;
  readonly phaseMs: number;
}

export function targetClock(dice: Dice, profile: DataProfile): TargetClock {
  const intervalMs = dice.pick(INTERVALS_MS);
  if (profile !== "quiet") return { intervalMs, jitterMs: 0, phaseMs: 0 };
  const jitterMs = dice.chance(0.6) ? Math.floor(intervalMs * 0.08) : 0;
  return { intervalMs, jitterMs, phaseMs: 1 + dice.below(intervalMs - 1) };
}

export function sampleTimes(
  dice: Dice,
  clock: TargetClock,
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
): SampleTimes {
  const gaps = makeGaps(dice, startMs, endMs);
  const timesMs: number[] = [];
  const stale = new Set<number>();
  let wasIn = false;
  for (let tick = startMs + clock.phaseMs; tick < endMs; tick += clock.intervalMs) {
    const isIn = gaps.some(({ fromMs, toMs }) => tick >= fromMs && tick < toMs);
    const marks = isIn && !wasIn && timesMs.length > 0 && dice.chance(0.6);
    wasIn = isIn;
    if (isIn && !marks) continue;
    if (marks) stale.add(timesMs.length);
    timesMs.push(offEdge(tick + dice.between(-clock.jitterMs, clock.jitterMs), clock));
  }
  return { timesMs, stale };
}

/** Quiet targets alone have a phase: their samples stay away from whole and half seconds. */
function offEdge(timeMs: number, clock: TargetClock): number {
  return clock.phaseMs !== 0 && timeMs % (SECOND_MS / 2) === 0 ? timeMs + 1 : timeMs;
}

interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
}

function makeGaps(dice: Dice, startMs: number, endMs: number): Gap[] {
  const gaps: Gap[] = [];
  const count = dice.pick([0, 0, 0, 1, 1, 2, 4]);
  for (let i = 0; i < count; i++) {
    const fromMs = startMs + dice.below(endMs - startMs);
    // From one missed sample to more than the lookback.
    gaps.push({ fromMs, toMs: fromMs + dice.scaled(10_000, 900_000) });
  }
  if (dice.chance(0.1)) gaps.push({ fromMs: startMs, toMs: startMs + dice.below(1_200_000) });
  if (dice.chance(0.1)) gaps.push({ fromMs: endMs - dice.below(1_200_000), toMs: endMs });
  return gaps;
}
