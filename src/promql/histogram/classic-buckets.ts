/**
 * The buckets of a classic histogram at one step: cumulative counts by upper bound. A reused pair of
 * columns: `clear`, `push` in ascending order of bounds, then ask.
 */
/** Counts that differ by less, relatively, are the same number with different rounding. */
const SAME_COUNT_TOLERANCE = 1e-12;

export interface ForcedMonotonicity {
  minBound: number;
  maxBound: number;
  maxDifference: number;
}

export class ClassicBuckets {
  readonly #bounds: number[] = [];
  readonly #counts: number[] = [];

  get isEmpty(): boolean {
    return this.#bounds.length === 0;
  }

  clear(): void {
    this.#bounds.length = 0;
    this.#counts.length = 0;
  }

  /** Counts of equal bounds add up. */
  push(bound: number, count: number): void {
    const last = this.#bounds.length - 1;
    if (last >= 0 && this.#bounds[last] === bound) {
      this.#counts[last]! += count;
      return;
    }
    this.#bounds.push(bound);
    this.#counts.push(count);
  }

  /** `forced` is filled in when counts had to be raised to make them ascend. */
  quantile(quantile: number, forced: (how: ForcedMonotonicity) => void): number {
    if (Number.isNaN(quantile)) return Number.NaN;
    if (quantile < 0) return Number.NEGATIVE_INFINITY;
    if (quantile > 1) return Number.POSITIVE_INFINITY;
    const bounds = this.#bounds;
    const counts = this.#counts;
    const last = bounds.length - 1;
    if (bounds[last] !== Number.POSITIVE_INFINITY) return Number.NaN;
    this.#makeAscend(forced);
    const total = counts[last]!;
    if (last < 1 || total === 0) return Number.NaN;
    const rank = quantile * total;
    let at = 0;
    while (at < last && !(counts[at]! >= rank)) at++;
    if (at === last) return bounds[last - 1]!;
    if (at === 0 && bounds[0]! <= 0) return bounds[0]!;
    const start = at === 0 ? 0 : bounds[at - 1]!;
    const below = at === 0 ? 0 : counts[at - 1]!;
    return start + (bounds[at]! - start) * ((rank - below) / (counts[at]! - below));
  }

  fraction(lower: number, upper: number): number {
    const last = this.#bounds.length - 1;
    if (this.#bounds[last] !== Number.POSITIVE_INFINITY) return Number.NaN;
    const total = this.#counts[last]!;
    if (total === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN;
    if (lower >= upper) return 0;
    const below = (value: number): number => Math.min(this.#countBelow(value) ?? total, total);
    return (below(upper) - below(lower)) / total;
  }

  #countBelow(value: number): number | null {
    let low = this.#bounds[0]! <= 0 ? Number.NEGATIVE_INFINITY : 0;
    let below = 0;
    for (let i = 0; i < this.#bounds.length; i++) {
      const high = this.#bounds[i]!;
      const count = this.#counts[i]!;
      if (low >= value) return below;
      if (high > value) {
        // An infinite bucket cannot be divided; all of it counts as below.
        if (low === Number.NEGATIVE_INFINITY) return count;
        return below + ((count - below) * (value - low)) / (high - low);
      }
      low = high;
      below = count;
    }
    return null;
  }

  #makeAscend(forced: (how: ForcedMonotonicity) => void): void {
    const counts = this.#counts;
    let previous = counts[0]!;
    let how: ForcedMonotonicity | null = null;
    for (let i = 1; i < counts.length; i++) {
      const count = counts[i]!;
      if (count === previous) continue;
      if (nearlyEqual(previous, count)) {
        counts[i] = previous;
      } else if (count < previous) {
        const bound = this.#bounds[i]!;
        how ??= { minBound: bound, maxBound: bound, maxDifference: 0 };
        how.maxBound = bound;
        how.maxDifference = Math.max(how.maxDifference, previous - count);
        counts[i] = previous;
      } else {
        previous = count;
      }
    }
    if (how !== null) forced(how);
  }
}

function nearlyEqual(a: number, b: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b);
  const sum = Math.abs(a) + Math.abs(b);
  if (a === 0 || b === 0) return false;
  return Math.abs(a - b) / Math.min(sum, Number.MAX_VALUE) < SAME_COUNT_TOLERANCE;
}
