/**
 * Series dealt into bodies that are sent one after the other. A node takes the floats of a body
 * before its histograms, so where a series has both, each run of one kind goes by itself: samples
 * that came in order are stored in order.
 */
import type { LoadedSeries } from "#promql/script/classic-to-native.ts";

export function writeRounds(series: readonly LoadedSeries[]): readonly (readonly LoadedSeries[])[] {
  const rounds: LoadedSeries[][] = [];
  for (const { labels, samples } of series) {
    let round = 0;
    for (let from = 0; from < samples.length; round++) {
      const isHistogram = typeof samples[from]!.value === "object";
      let to = from + 1;
      while (to < samples.length && (typeof samples[to]!.value === "object") === isHistogram) to++;
      rounds[round] ??= [];
      rounds[round]!.push({ labels, samples: samples.slice(from, to) });
      from = to;
    }
  }
  return rounds;
}
