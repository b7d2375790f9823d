/**
 * Walks of float values: counters with resets, gauges of several kinds, odd numbers. Some walks move
 * in binary fractions, so that sums over them are exact in whatever order they are added.
 */
import type { Dice } from "#test/support/dice.ts";
import type { FamilyKind } from "./data-set.ts";

export type FloatKind = Exclude<
  FamilyKind,
  "bucket" | "native" | "native-gauge" | "native-wide" | "mixed"
>;

export function floatValues(
  dice: Dice,
  kind: FloatKind,
  timesMs: readonly number[],
  /** Sums of them are exact in whatever order they are added. */
  isDyadic: boolean,
): readonly number[] {
  switch (kind) {
    case "counter":
      return counterWalk(dice, timesMs.length, isDyadic);
    case "gauge":
      return gaugeWalk(dice, timesMs.length, isDyadic);
    case "bool":
      return timesMs.map(() => (dice.chance(0.8) ? 1 : 0));
    case "info":
      return timesMs.map(() => 1);
    case "clock": {
      // Seconds of some day, so that functions of dates have something to say.
      const skew = dice.between(-20, 60) * 86_400 * dice.between(1, 400);
      return timesMs.map((timeMs) => timeMs / 1000 + skew);
    }
    case "odd": {
      const pool = dice.shuffled(ODD).slice(0, dice.between(1, 5));
      return timesMs.map(() => dice.pick(pool));
    }
  }
}

const ODD: readonly number[] = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0,
  -0,
  1e-9,
  -1,
  0.5,
  1e12,
  -2.5,
  7,
  3.7,
];

function counterWalk(dice: Dice, count: number, isDyadic: boolean): number[] {
  const unit = dice.pick([1, 1, 1, 0.25, isDyadic ? 0.125 : 0.1]);
  const stepMax = dice.scaled(1, 200);
  const stillChance = dice.pick([0, 0, 0.3, 0.9]);
  const resetChance = dice.pick([0, 0, 0.02, 0.1]);
  let ticks = dice.chance(0.5) ? 0 : dice.below(100_000);
  return Array.from({ length: count }, () => {
    if (dice.chance(resetChance)) ticks = dice.below(3);
    else if (!dice.chance(stillChance)) ticks += dice.between(1, stepMax);
    return ticks * unit;
  });
}

function gaugeWalk(dice: Dice, count: number, isDyadic: boolean): number[] {
  if (dice.chance(0.12)) {
    const constant = dice.between(-40, 400) / 4;
    return Array.from({ length: count }, () => constant);
  }
  const unit = dice.pick([1, 0.5, isDyadic ? 1 / 64 : 0.01, 1024]);
  const stepMax = dice.scaled(1, 50);
  let level = dice.between(-100, 400);
  return Array.from({ length: count }, () => {
    level += dice.between(-stepMax, stepMax);
    return level * unit;
  });
}
