/**
 * Whether a counter was reset between two histogram samples. An explicit hint decides; otherwise a
 * reset is any count that went down, any populated bucket that vanished, a finer schema, a narrower
 * zero bucket or one that now ends inside a populated bucket.
 */
import type { FloatHistogram } from "#model/float-histogram.ts";
import { exponentialBound, usesCustomBuckets } from "./bucket-bounds.ts";
import { type BucketSide, negativeSide, positiveSide, reduceSide } from "./bucket-side.ts";
import { mapToShared, sharedBounds } from "./custom-bounds.ts";
import { equalBounds } from "./equal-histograms.ts";
import { widerZeroBucket } from "./zero-bucket.ts";

export function detectReset(current: FloatHistogram, previous: FloatHistogram): boolean {
  if (current.counterResetHint === "reset") return true;
  if (current.counterResetHint === "not_reset") return false;
  if (current.count < previous.count) return true;
  const custom = usesCustomBuckets(current);
  if (custom) {
    return !usesCustomBuckets(previous) || customDecreased(current, previous);
  }
  // Custom buckets have the lowest schema number, so they count as a coarser predecessor.
  if (current.schema > previous.schema) return true;
  if (current.zeroThreshold < previous.zeroThreshold) return true;
  const zero = widerZeroBucket(previous, current.zeroThreshold);
  if (zero.threshold !== current.zeroThreshold || current.zeroCount < zero.count) return true;
  return (
    sideDecreased(current, positiveSide(current), previous, positiveSide(previous)) ||
    sideDecreased(current, negativeSide(current), previous, negativeSide(previous))
  );
}

function sideDecreased(
  current: FloatHistogram,
  currentSide: BucketSide,
  previous: FloatHistogram,
  previousSide: BucketSide,
): boolean {
  const { schema, zeroThreshold } = current;
  const before = reduceSide(previousSide, previous.schema, schema);
  return decreased(
    currentSide,
    before,
    (index) => exponentialBound(schema, index) <= zeroThreshold,
  );
}

/** True when a bucket of `before` holds more than the same bucket of `now`. */
function decreased(
  now: BucketSide,
  before: BucketSide,
  ignored: (index: number) => boolean,
): boolean {
  let at = 0;
  for (let i = 0; i < before.indexes.length; i++) {
    const index = before.indexes[i]!;
    if (ignored(index)) continue;
    while (at < now.indexes.length && now.indexes[at]! < index) at++;
    const missing = at === now.indexes.length || now.indexes[at] !== index;
    if (missing ? before.counts[i] !== 0 : now.counts[at]! < before.counts[i]!) return true;
  }
  return false;
}

function customDecreased(current: FloatHistogram, previous: FloatHistogram): boolean {
  const now = positiveSide(current);
  const before = positiveSide(previous);
  if (equalBounds(current.customValues, previous.customValues)) {
    return decreased(now, before, () => false);
  }
  const shared = sharedBounds(current.customValues, previous.customValues);
  const totalsNow = totals(now, current.customValues, shared);
  const totalsBefore = totals(before, previous.customValues, shared);
  return totalsNow.some((total, i) => total < totalsBefore[i]!);
}

function totals(side: BucketSide, bounds: Float64Array, shared: Float64Array): Float64Array {
  const sums = new Float64Array(shared.length + 1);
  mapToShared(side, bounds, shared).forEach((target, i) => {
    sums[target]! += side.counts[i]!;
  });
  return sums;
}
