/**
 * Buckets of a tier computed and read the plain way, for tests to compare: the dumb twin of
 * `tier-aggregate.ts` and `tier-cursor.ts`, written from the words of the format page.
 */
import { decodeLabels } from "#model/canonical-labels.ts";
import { CompensatedSum } from "#model/compensated-sum.ts";
import { labelsRecord } from "#model/labels.ts";
import type { TierSeriesSource } from "#tsdb/block/tier-cursor.ts";
import type { TierRows } from "#tsdb/block/tier-rows.ts";
import type { PlainSeries } from "./block-rig.ts";

const STALE = 0x7ff0_0000_0000_0002n;
const NAN = 0x7ff8_0000_0000_0000n;

export interface PlainBucket {
  readonly bucketMs: number;
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Bits. */
  readonly first: bigint;
  readonly last: bigint;
  readonly sum: bigint;
  readonly min: bigint;
  readonly max: bigint;
  readonly resets: bigint;
  readonly staleMs: number;
  /** Time and bytes, in hex, of its last histogram. */
  readonly item?: readonly [timestampMs: number, item: string];
}

const NOTHING = { count: 0, firstMs: 0, lastMs: 0, first: 0n, last: 0n, sum: 0n };
const NO_FLOATS = { ...NOTHING, min: 0n, max: 0n, resets: 0n, staleMs: -Infinity };

function bits(value: number): bigint {
  return Number.isNaN(value) ? NAN : new BigUint64Array(new Float64Array([value]).buffer)[0]!;
}

function valueOf(word: bigint): number {
  return new Float64Array(new BigUint64Array([word]).buffer)[0]!;
}

/** From the words of the format page, sample by sample. */
export function bucketsOf(series: PlainSeries, bucketMs: number): PlainBucket[] {
  const items = new Map(series.items ?? []);
  const samples = series.samples.filter(([at]) => !items.has(at));
  const buckets = new Map(
    floatBucketsOf({ ...series, samples }, bucketMs).map((bucket) => [bucket.bucketMs, bucket]),
  );
  for (const item of series.items ?? []) {
    const start = Math.floor(item[0] / bucketMs) * bucketMs;
    const bucket = buckets.get(start) ?? { bucketMs: start, ...NO_FLOATS };
    buckets.set(start, { ...bucket, item });
  }
  return [...buckets.values()].sort((a, b) => a.bucketMs - b.bucketMs);
}

function floatBucketsOf(series: PlainSeries, bucketMs: number): PlainBucket[] {
  const buckets = plainBucketsOf(series, bucketMs);
  const inside = buckets.map(({ values }) => values);
  const steps = inside.flatMap((values) => values.slice(1).map((value, i) => value - values[i]!));
  const falls = steps.filter((step) => step < 0).length;
  const rises = steps.filter((step) => step > 0).length;
  const isCounter = falls <= (rises + falls) / 4;
  return buckets.map(({ bucket }) =>
    isCounter || bucket.count === 0 ? bucket : { ...bucket, resets: NAN },
  );
}

/** Sum of decimals without rounding on the way; null when they are none. */
function exactSum(values: readonly number[]): number | null {
  const texts = values.map((value) => (Math.abs(value) < 1e21 ? value.toFixed(9) : ""));
  if (values.some((value, i) => texts[i] === "" || Number(texts[i]) !== value)) return null;
  const digits = Math.max(...texts.map((text) => text.replace(/0+$/, "").split(".")[1]!.length));
  const units = texts.map((text) => BigInt(text.replace(".", "")) / 10n ** BigInt(9 - digits));
  const most = 2n ** 53n - 1n;
  let sum = 0n;
  for (const one of units) {
    sum += one;
    if (one > most || one < -most || sum > most || sum < -most) return null;
  }
  return Number(sum) / 10 ** digits;
}

function plainBucketsOf(
  series: PlainSeries,
  bucketMs: number,
): { readonly bucket: PlainBucket; readonly values: readonly number[] }[] {
  const dealt = new Map<number, [number, bigint][]>();
  for (const [at, word] of series.samples) {
    const start = Math.floor(at / bucketMs) * bucketMs;
    dealt.set(start, [...(dealt.get(start) ?? []), [at, word]]);
  }
  return [...dealt].map(([start, all]) => {
    const samples = all.filter(([, word]) => word !== STALE);
    const [lastAt, lastWord] = all.at(-1)!;
    const staleMs = lastWord === STALE ? lastAt : -Infinity;
    if (samples.length === 0) {
      return { bucket: { bucketMs: start, ...NO_FLOATS, staleMs }, values: [] };
    }
    const values = samples.map(([, word]) => valueOf(word));
    const sum = new CompensatedSum();
    for (const value of values) sum.add(value);
    const numbers = values.filter((value) => !Number.isNaN(value));
    let resets = 0;
    for (let i = 1; i < values.length; i++) {
      if (values[i]! < values[i - 1]!) resets += values[i - 1]!;
    }
    // The first of equal ones: 0 and -0 are equal.
    const least = numbers.find((value) => numbers.every((other) => value <= other)) ?? Number.NaN;
    const most = numbers.find((value) => numbers.every((other) => value >= other)) ?? Number.NaN;
    const hasStale = samples.length < all.length;
    const bucket: PlainBucket = {
      bucketMs: start,
      count: samples.length,
      firstMs: samples[0]![0],
      lastMs: samples.at(-1)![0],
      first: samples[0]![1],
      last: samples.at(-1)![1],
      sum: bits((hasStale ? null : exactSum(values)) ?? sum.result()),
      min: bits(least),
      max: bits(most),
      resets: bits(resets),
      staleMs,
    };
    return { bucket, values };
  });
}

/** Buckets by the JSON of their labels. */
export async function plainBuckets(source: TierSeriesSource): Promise<Map<string, PlainBucket[]>> {
  const all = new Map<string, PlainBucket[]>();
  for (let one = await source.next(); one !== null; one = await source.next()) {
    const { identity, rows } = one;
    const word = (column: Float64Array, row: number): bigint =>
      new BigUint64Array(column.slice(row, row + 1).buffer)[0]!;
    const buckets = Array.from({ length: rows.length }, (_, row): PlainBucket => ({
      bucketMs: rows.bucketMs[row]!,
      count: rows.count[row]!,
      firstMs: rows.firstMs[row]!,
      lastMs: rows.lastMs[row]!,
      first: word(rows.first, row),
      last: word(rows.last, row),
      sum: word(rows.sum, row),
      min: word(rows.min, row),
      max: word(rows.max, row),
      resets: word(rows.resets, row),
      staleMs: rows.staleMs[row]!,
      ...itemOf(rows, row),
    }));
    const { __name__, ...others } = labelsRecord(decodeLabels(identity.labels));
    const { instance, job } = others;
    const ordered = { __name__, job, instance };
    all.set(JSON.stringify(ordered), buckets);
  }
  return all;
}

/** That lies between the bucket's start and the next one's. */
function itemOf(
  { histograms, bucketMs, length }: TierRows,
  row: number,
): Pick<PlainBucket, "item"> {
  const endMs = row + 1 < length ? bucketMs[row + 1]! : Infinity;
  const { timestamps, start, bytes } = histograms;
  const found = Array.from({ length: histograms.length }, (_, i) => i).filter(
    (i) => timestamps[i]! >= bucketMs[row]! && timestamps[i]! < endMs,
  );
  if (found.length > 1) throw new Error(`got ${found.length} histograms in a bucket`);
  return Object.fromEntries(
    found.map((i) => ["item", [timestamps[i]!, bytes.subarray(start[i], start[i + 1]).toHex()]]),
  );
}
