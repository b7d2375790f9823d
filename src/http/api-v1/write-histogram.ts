/**
 * A native histogram as the API shows it: count, sum and the buckets that have observations, each
 * `[edges, lower, upper, count]`. `edges` says which bounds belong to the bucket: 0 the upper, 1 the
 * lower, 2 none, 3 both. Schema and spans are not shown.
 */
import type { FloatHistogram, HistogramSpan } from "#model/float-histogram.ts";
import { bucketBound, usesCustomBuckets } from "#model/histogram/bucket-bounds.ts";
import type { JsonBytes } from "./json-bytes.ts";

const UPPER_INCLUSIVE = 0;
const LOWER_INCLUSIVE = 1;
const BOTH_INCLUSIVE = 3;

export function writeHistogram(json: JsonBytes, histogram: FloatHistogram): void {
  json.raw('{"count":').value(histogram.count).raw(',"sum":').value(histogram.sum);
  const buckets = new BucketList(json);
  writeNegative(buckets, histogram);
  if (histogram.zeroCount > 0) {
    const edge = histogram.zeroThreshold;
    buckets.add(BOTH_INCLUSIVE, -edge, edge, histogram.zeroCount);
  }
  writePositive(buckets, histogram);
  buckets.end();
  json.raw("}");
}

/** Writes the field only when there is a bucket to show. */
class BucketList {
  readonly #json: JsonBytes;
  #isEmpty = true;

  constructor(json: JsonBytes) {
    this.#json = json;
  }

  add(edges: number, lower: number, upper: number, count: number): void {
    if (count === 0) return;
    const json = this.#json.raw(this.#isEmpty ? ',"buckets":[[' : ",[");
    this.#isEmpty = false;
    json.integer(edges).raw(",").value(lower).raw(",").value(upper).raw(",").value(count).raw("]");
  }

  end(): void {
    if (!this.#isEmpty) this.#json.raw("]");
  }
}

/** From the most negative up, so the whole list ascends. */
function writeNegative(buckets: BucketList, histogram: FloatHistogram): void {
  const { schema, customValues, negativeBuckets, zeroThreshold } = histogram;
  const indexes = bucketIndexes(histogram.negativeSpans, negativeBuckets.length);
  for (let i = indexes.length - 1; i >= 0; i--) {
    const lower = -bucketBound(schema, customValues, indexes[i]!);
    let upper = -bucketBound(schema, customValues, indexes[i]! - 1);
    // The zero bucket may reach into the first bucket; it then ends where the zero bucket begins.
    if (upper > -zeroThreshold) upper = -zeroThreshold;
    buckets.add(LOWER_INCLUSIVE, lower, upper, negativeBuckets[i]!);
  }
}

function writePositive(buckets: BucketList, histogram: FloatHistogram): void {
  const { schema, customValues, positiveBuckets, zeroThreshold } = histogram;
  const isCustom = usesCustomBuckets(histogram);
  const indexes = bucketIndexes(histogram.positiveSpans, positiveBuckets.length);
  for (let i = 0; i < indexes.length; i++) {
    const index = indexes[i]!;
    const upper = bucketBound(schema, customValues, index);
    let lower = bucketBound(schema, customValues, index - 1);
    if (!isCustom && lower < zeroThreshold) lower = zeroThreshold;
    // The first custom bucket begins at -Inf, which belongs to it.
    const edges = isCustom && index === 0 ? BOTH_INCLUSIVE : UPPER_INCLUSIVE;
    buckets.add(edges, lower, upper, positiveBuckets[i]!);
  }
}

/** The bucket index of each listed count. */
function bucketIndexes(spans: readonly HistogramSpan[], count: number): Int32Array {
  const indexes = new Int32Array(count);
  let index = 0;
  let at = 0;
  for (const span of spans) {
    index += span.offset;
    for (let i = 0; i < span.length && at < count; i++) indexes[at++] = index++;
  }
  return indexes;
}
