/**
 * Walks of native histograms: counters and gauges, exponential and custom buckets. Counts are whole
 * numbers, so that they can be sent as integer histograms; layouts change, counters start again.
 */
import type { FloatHistogram } from "#model/float-histogram.ts";
import { exponentialBound } from "#model/histogram/bucket-bounds.ts";
import { makeHistogram } from "#model/histogram/make-histogram.ts";
import type { Dice } from "#test/support/dice.ts";

/** Bucket indexes a walk observes into, from either side of zero. */
const BUCKETS = 12;
const CUSTOM_BOUNDS: readonly (readonly number[])[] = [
  [0.1, 0.5, 1, 5],
  [0.1, 0.5, 1, 5],
  [0.1, 1, 10],
  [-1, 0, 2.5],
];

interface Layout {
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly customValues: readonly number[];
  readonly firstIndex: number;
}

interface Counts {
  readonly positive: number[];
  readonly negative: number[];
  zero: number;
  sum: number;
}

export interface NativeKind {
  readonly isGauge: boolean;
  readonly isCustom: boolean;
  /** The zero bucket may reach as far as populated buckets of others do. */
  readonly isWide: boolean;
}

export function nativeValues(dice: Dice, count: number, kind: NativeKind): FloatHistogram[] {
  const { isGauge } = kind;
  const resetChance = dice.pick([0, 0, 0.03, 0.1]);
  const changeChance = dice.pick([0, 0, 0.04]);
  const stillChance = dice.pick([0, 0.3, 0.8]);
  // A series has negative buckets from its first sample on, or never: whether a zero bucket has
  // neighbours on both sides must not depend on the buckets a stored chunk happens to share.
  const hasNegative = !kind.isCustom && dice.chance(0.4);
  let layout = makeLayout(dice, kind);
  let counts = firstCounts(hasNegative);
  return Array.from({ length: count }, () => {
    const isNew = dice.chance(changeChance);
    if (isNew) layout = makeLayout(dice, kind);
    if (isNew || isGauge || dice.chance(resetChance)) counts = firstCounts(hasNegative);
    if (!dice.chance(stillChance)) observe(dice, { layout, hasNegative }, counts);
    return histogramOf(layout, counts, isGauge);
  });
}

function makeLayout(dice: Dice, { isCustom, isWide }: NativeKind): Layout {
  if (isCustom) {
    const customValues = dice.pick(CUSTOM_BOUNDS);
    return { schema: -53, zeroThreshold: 0, customValues, firstIndex: 0 };
  }
  const schema = dice.pick([0, 0, 1, 2, 3, -1]);
  const firstIndex = dice.between(-3, 2);
  // The zero bucket ends where the first bucket begins, or before.
  const lowest = exponentialBound(schema, firstIndex - 1);
  const widths = isWide ? [0.001, 0.5, 1] : [0.001, 0.001, 0];
  const zeroThreshold = dice.pick(widths.filter((width) => width <= lowest));
  return { schema, zeroThreshold, customValues: [], firstIndex };
}

function firstCounts(hasNegative: boolean): Counts {
  const counts = Array.from({ length: BUCKETS }, (_, at) => (at === 0 ? 1 : 0));
  const negative = hasNegative ? [...counts] : counts.map(() => 0);
  return { positive: counts, negative, zero: 0, sum: hasNegative ? 0 : 0.25 };
}

function observe(
  dice: Dice,
  { layout, hasNegative }: { readonly layout: Layout; readonly hasNegative: boolean },
  counts: Counts,
): void {
  const isCustom = layout.schema === -53;
  const width = isCustom ? layout.customValues.length + 1 : BUCKETS;
  for (let i = dice.between(1, 8); i > 0; i--) {
    const bucket = Math.min(dice.below(width), dice.below(width));
    const weight = dice.between(1, 5);
    if (hasNegative && dice.chance(0.4)) {
      counts.negative[bucket]! += weight;
      counts.sum -= weight * bucket;
    } else {
      counts.positive[bucket]! += weight;
      counts.sum += weight * (bucket + 0.25);
    }
  }
  if (!isCustom && dice.chance(0.3)) counts.zero += dice.between(1, 3);
}

function histogramOf(layout: Layout, counts: Counts, isGauge: boolean): FloatHistogram {
  const sideOf = (all: readonly number[]) => {
    const used = all.map((count, at) => ({ count, at })).filter(({ count }) => count > 0);
    return {
      indexes: Int32Array.from(used, ({ at }) => at + layout.firstIndex),
      counts: Float64Array.from(used, ({ count }) => count),
    };
  };
  const total = [...counts.positive, ...counts.negative].reduce((a, b) => a + b, counts.zero);
  return makeHistogram({
    schema: layout.schema,
    counterResetHint: isGauge ? "gauge" : "unknown",
    count: total,
    sum: counts.sum,
    zeroThreshold: layout.zeroThreshold,
    zeroCount: counts.zero,
    positive: sideOf(counts.positive),
    negative: sideOf(counts.negative),
    customValues: Float64Array.from(layout.customValues),
  });
}
