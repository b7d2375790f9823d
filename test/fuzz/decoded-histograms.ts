/** The native histograms of a decoded body as the samples that a shard gets of them. */
import { writeHistogramTagAt } from "#chunk/histogram/histogram-tag.ts";
import { STALE_NAN_HIGH, STALE_NAN_LOW } from "#model/staleness.ts";
import type { BodyDecoder, DecodedBody } from "#tsdb/receiver/body-decoder.ts";

export interface DecodedHistogram {
  readonly row: number;
  /** Null when it will be rejected whatever is stored. */
  readonly sample: {
    readonly timestampMs: number;
    readonly low: number;
    readonly high: number;
  } | null;
}

/** In the order of the body. */
export function decodedHistograms(
  { items }: Pick<BodyDecoder, "items">,
  { histogramCount, itemCount }: DecodedBody,
): DecodedHistogram[] {
  const all: DecodedHistogram[] = [];
  for (let i = 0; i < itemCount && all.length < histogramCount; i++) {
    if (!items.isHistogram(i)) continue;
    const found = items.histogram(i);
    const words = Uint32Array.of(STALE_NAN_LOW, STALE_NAN_HIGH);
    if (found.kind === "histogram") writeHistogramTagAt(words, 0, found.item);
    const [low, high] = [words[0]!, words[1]!];
    const sample = found.kind === "invalid" ? null : { timestampMs: found.timestampMs, low, high };
    all.push({ row: items.row(i), sample });
  }
  return all;
}
