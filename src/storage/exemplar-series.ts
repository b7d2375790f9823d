/** From the items of a shard, which come series by series, to what readers get. */
import { LabelsDecoder } from "#model/canonical-labels.ts";
import type { Labels } from "#model/labels.ts";
import type { EncodedItems } from "./append-batch.ts";
import type { Exemplar, ExemplarSeries } from "./exemplar.ts";
import { splitExemplarItems } from "./exemplar-item.ts";

export function exemplarSeriesOf({ bytes, count }: EncodedItems): ExemplarSeries[] {
  const decoder = new LabelsDecoder();
  const labelsOf = (canonical: Uint8Array): Labels =>
    decoder.decode(canonical, 0, canonical.length);
  const found: ExemplarSeries[] = [];
  let before: Uint8Array | null = null;
  let exemplars: Exemplar[] = [];
  for (const { series, labels, value, timestampMs } of splitExemplarItems(bytes, count)) {
    if (before === null || Buffer.compare(before, series) !== 0) {
      exemplars = [];
      found.push({ labels: labelsOf(series), exemplars });
      before = series;
    }
    exemplars.push({ labels: labelsOf(labels), value, timestampMs });
  }
  return found;
}
