/** The histograms of a batch when some of its samples go and the others move up. */
import type { HistogramColumn } from "#storage/histogram-column.ts";
import { HistogramColumnBuilder } from "#storage/histogram-column-builder.ts";

/** Null when none is left. */
export function keptHistograms(
  { sampleIndex, start, bytes }: HistogramColumn,
  isKept: (sample: number) => boolean,
): HistogramColumn | null {
  const kept = new HistogramColumnBuilder();
  let sample = 0;
  let row = 0;
  for (let i = 0; i < sampleIndex.length; i++) {
    for (; sample < sampleIndex[i]!; sample++) if (isKept(sample)) row++;
    if (isKept(sample)) kept.add(row, bytes, start[i]!, start[i + 1]!);
  }
  return kept.take();
}
