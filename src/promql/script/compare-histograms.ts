/** Whether a histogram is the one a script expects: layout exactly, counts almost. */
import type { FloatHistogram } from "#model/float-histogram.ts";
import { usesCustomBuckets } from "#model/histogram/bucket-bounds.ts";
import { negativeSide, positiveSide } from "#model/histogram/bucket-side.ts";
import { compactHistogram } from "#model/histogram/compact-histogram.ts";
import { equalBounds } from "#model/histogram/equal-histograms.ts";
import { allAlmostEqual, almostEqual } from "./almost-equal.ts";

export function isExpectedHistogram(
  expected: FloatHistogram,
  actual: FloatHistogram,
  compareHints: boolean,
): boolean {
  const want = compactHistogram(expected);
  const got = compactHistogram(actual);
  return (
    want.schema === got.schema &&
    almostEqual(want.count, got.count) &&
    almostEqual(want.sum, got.sum) &&
    (!usesCustomBuckets(want) || equalBounds(want.customValues, got.customValues)) &&
    want.zeroThreshold === got.zeroThreshold &&
    almostEqual(want.zeroCount, got.zeroCount) &&
    equalSides(negativeSide(want), negativeSide(got)) &&
    equalSides(positiveSide(want), positiveSide(got)) &&
    (!compareHints || want.counterResetHint === got.counterResetHint)
  );
}

function equalSides(
  want: ReturnType<typeof positiveSide>,
  got: ReturnType<typeof positiveSide>,
): boolean {
  return (
    want.indexes.length === got.indexes.length &&
    want.indexes.every((index, i) => index === got.indexes[i]) &&
    allAlmostEqual(want.counts, got.counts)
  );
}
