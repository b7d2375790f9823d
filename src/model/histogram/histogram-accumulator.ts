/**
 * A running sum of native histograms with compensation in every count and in the sum. It starts as
 * a copy of the first histogram; each `add` settles zero bucket, schema and custom bounds first, so
 * the layout only ever gets coarser. Exponential and custom buckets do not mix: such an `add`
 * changes nothing and says so.
 */
import { CompensatedSum } from "#model/compensated-sum.ts";
import type { CounterResetHint, FloatHistogram } from "#model/float-histogram.ts";
import { usesCustomBuckets } from "./bucket-bounds.ts";
import { type BucketSide, negativeSide, positiveSide, reduceSide } from "./bucket-side.ts";
import { mapToShared, sharedBounds } from "./custom-bounds.ts";
import { equalBounds } from "./equal-histograms.ts";
import { makeHistogram } from "./make-histogram.ts";
import { SideAccumulator } from "./side-accumulator.ts";
import { settledThreshold, widerZeroBucket, withoutLeading } from "./zero-bucket.ts";

/** Outcome of one `add`: a set of these bits, 0 = nothing to report. */
export const ADD_INCOMPATIBLE = 1;
/** One histogram said "reset", the other "not reset". */
export const ADD_RESETS_COLLIDE = 2;
/** Custom bounds differed; the shared ones remain. */
export const ADD_BOUNDS_RECONCILED = 4;

export class HistogramAccumulator {
  #hint: CounterResetHint;
  #schema: number;
  #customValues: Float64Array;
  #zeroThreshold: number;
  readonly #count: CompensatedSum;
  readonly #sum: CompensatedSum;
  readonly #zeroCount: CompensatedSum;
  #positive: SideAccumulator;
  #negative: SideAccumulator;

  constructor(first: FloatHistogram) {
    this.#hint = first.counterResetHint;
    this.#schema = first.schema;
    this.#customValues = first.customValues;
    this.#zeroThreshold = first.zeroThreshold;
    this.#count = new CompensatedSum(first.count);
    this.#sum = new CompensatedSum(first.sum);
    this.#zeroCount = new CompensatedSum(first.zeroCount);
    this.#positive = SideAccumulator.of(positiveSide(first));
    this.#negative = SideAccumulator.of(negativeSide(first));
  }

  /** Adds `other` times `sign`; returns a set of `ADD_...` bits. */
  add(other: FloatHistogram, sign: 1 | -1 = 1): number {
    const custom = this.#schema === -53;
    if (custom !== usesCustomBuckets(other)) return ADD_INCOMPATIBLE;
    let outcome = this.#mergeHint(other.counterResetHint) ? ADD_RESETS_COLLIDE : 0;
    this.#count.add(sign * other.count);
    this.#sum.add(sign * other.sum);
    if (custom) {
      if (this.#addCustom(other, sign)) outcome |= ADD_BOUNDS_RECONCILED;
    } else {
      this.#addExponential(other, sign);
    }
    return outcome;
  }

  scale(factor: number): void {
    for (const part of [this.#count, this.#sum, this.#zeroCount]) {
      part.sum *= factor;
      part.lost *= factor;
    }
    this.#positive.scale(factor);
    this.#negative.scale(factor);
  }

  hasOverflow(): boolean {
    return (
      isInfinite(this.#zeroCount.sum) ||
      isInfinite(this.#count.sum) ||
      isInfinite(this.#sum.sum) ||
      this.#positive.hasOverflow() ||
      this.#negative.hasOverflow()
    );
  }

  clone(): HistogramAccumulator {
    // The constructor needs a histogram; every field is replaced right after.
    const copy = new HistogramAccumulator(EMPTY);
    copy.#hint = this.#hint;
    copy.#schema = this.#schema;
    copy.#customValues = this.#customValues;
    copy.#zeroThreshold = this.#zeroThreshold;
    Object.assign(copy.#count, this.#count);
    Object.assign(copy.#sum, this.#sum);
    Object.assign(copy.#zeroCount, this.#zeroCount);
    copy.#positive = this.#positive.clone();
    copy.#negative = this.#negative.clone();
    return copy;
  }

  toHistogram(): FloatHistogram {
    return makeHistogram({
      schema: this.#schema,
      counterResetHint: this.#hint,
      count: this.#count.result(),
      sum: this.#sum.result(),
      zeroThreshold: this.#zeroThreshold,
      zeroCount: this.#zeroCount.result(),
      positive: this.#positive.toSide(),
      negative: this.#negative.toSide(),
      customValues: this.#customValues,
    });
  }

  /** Returns whether the hints contradict each other. */
  #mergeHint(other: CounterResetHint): boolean {
    const mine = this.#hint;
    if (other === mine || mine === "gauge") return false;
    if (other === "gauge") {
      this.#hint = "gauge";
      return false;
    }
    this.#hint = "unknown";
    return mine !== "unknown" && other !== "unknown";
  }

  /** Returns whether the bounds differed. */
  #addCustom(other: FloatHistogram, sign: number): boolean {
    const side = positiveSide(other);
    if (equalBounds(this.#customValues, other.customValues)) {
      this.#positive.add(side.indexes, side.counts, sign);
      return false;
    }
    const shared = sharedBounds(this.#customValues, other.customValues);
    this.#positive.remap((mine) => mapToShared(mine, this.#customValues, shared));
    this.#positive.add(mapToShared(side, other.customValues, shared), side.counts, sign);
    this.#positive.dropEmpty();
    this.#customValues = shared;
    return true;
  }

  #addExponential(other: FloatHistogram, sign: number): void {
    const otherZeroCount = this.#settleZeroBucket(other);
    this.#zeroCount.add(sign * otherZeroCount);
    if (other.schema < this.#schema) {
      this.#positive.reduce(this.#schema, other.schema);
      this.#negative.reduce(this.#schema, other.schema);
      this.#schema = other.schema;
    }
    this.#addSide(this.#positive, positiveSide(other), other.schema, sign);
    this.#addSide(this.#negative, negativeSide(other), other.schema, sign);
  }

  #addSide(into: SideAccumulator, side: BucketSide, schema: number, sign: number): void {
    // What the zero bucket covers is counted there; in the coarser schema it could not be told.
    const above = withoutLeading(side, schema, this.#zeroThreshold);
    const { indexes, counts } = reduceSide(above, schema, this.#schema);
    into.add(indexes, counts, sign);
  }

  /** Makes both zero buckets equally wide; returns the other's count in it. */
  #settleZeroBucket(other: FloatHistogram): number {
    let theirs = { threshold: other.zeroThreshold, count: other.zeroCount };
    while (theirs.threshold !== this.#zeroThreshold) {
      if (this.#zeroThreshold > theirs.threshold) {
        theirs = widerZeroBucket(other, this.#zeroThreshold);
      }
      if (theirs.threshold > this.#zeroThreshold) this.#widenZeroBucket(theirs.threshold);
    }
    return theirs.count;
  }

  #widenZeroBucket(threshold: number): void {
    const sides = [this.#positive.toSide(), this.#negative.toSide()];
    const wide = settledThreshold(sides, this.#schema, threshold);
    this.#positive.moveLeading(this.#schema, wide, this.#zeroCount);
    this.#negative.moveLeading(this.#schema, wide, this.#zeroCount);
    this.#zeroThreshold = wide;
  }
}

const EMPTY = makeHistogram({});

function isInfinite(value: number): boolean {
  return value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY;
}
