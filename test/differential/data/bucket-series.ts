/** One classic histogram: cumulative buckets by `le`, a sum and a count, sometimes with flaws. */
import type { Dice } from "#test/support/dice.ts";

const BOUNDS: readonly (readonly string[])[] = [
  ["0.1", "0.5", "1", "5", "+Inf"],
  ["0.1", "0.5", "1", "5", "+Inf"],
  ["0.1", "0.5", "1", "5", "+Inf"],
  ["-1", "0", "1", "+Inf"],
  ["0.5", "1e1", "+Inf"],
  ["0.1", "1"],
  ["+Inf"],
];

export interface BucketColumns {
  /** `le`, or the suffix `_sum` or `_count`. */
  readonly part: string;
  readonly values: readonly number[];
}

export function bucketSeries(dice: Dice, count: number): BucketColumns[] {
  const bounds = dice.pick(BOUNDS);
  const resetChance = dice.pick([0, 0, 0.03]);
  const isFlawed = dice.chance(0.15);
  const own = bounds.map(() => 0);
  const columns = bounds.map((): number[] => []);
  const sums: number[] = [];
  const counts: number[] = [];
  let sum = 0;
  for (let at = 0; at < count; at++) {
    if (dice.chance(resetChance)) {
      own.fill(0);
      sum = 0;
    }
    for (let i = dice.below(6); i > 0; i--) {
      const bucket = dice.below(bounds.length);
      own[bucket]! += dice.between(1, 9);
      sum += bucket + 0.125;
    }
    let total = 0;
    own.forEach((value, bucket) => {
      total += value;
      // A flawed histogram was read while it was counted on: a bucket is ahead of the next.
      columns[bucket]!.push(total + (isFlawed && dice.chance(0.1) ? 7 : 0));
    });
    sums.push(sum);
    counts.push(total);
  }
  return [
    ...bounds.map((part, bucket) => ({ part, values: columns[bucket]! })),
    { part: "_sum", values: sums },
    { part: "_count", values: counts },
  ];
}
