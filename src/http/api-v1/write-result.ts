/**
 * A query's result as JSON. Series are written one after the other from their columns; between
 * slices of a large answer the thread may do other work and notices when the client has gone.
 */
import { formatFloat } from "#model/format-float.ts";
import type { MatrixResult, QueryResult, VectorResult } from "#promql/query-result.ts";
import type { JsonBytes } from "./json-bytes.ts";
import { writeHistogram } from "./write-histogram.ts";
import { writeLabels } from "./write-labels.ts";

/** About a millisecond of encoding. */
const SLICE_BYTES = 256 * 1024;

export interface WritePace {
  readonly yieldTurn: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** Writes `"resultType":...,"result":...`; of vectors and matrices at most `seriesMax` series. */
export async function writeResult(
  json: JsonBytes,
  result: QueryResult,
  seriesMax: number,
  pace: WritePace,
): Promise<void> {
  json.raw(`"resultType":"${result.kind}","result":`);
  if (result.kind === "scalar") {
    // Prometheus writes a scalar without an exponent, whatever its size, unlike samples.
    const text = formatFloat(result.value);
    json.raw("[").timestamp(result.timestampMs).raw(`,"${text}"]`);
    return;
  }
  if (result.kind === "string") {
    json.raw("[").timestamp(result.timestampMs).raw(",").string(result.value).raw("]");
    return;
  }
  const seriesCount = Math.min(result.labels.length, seriesMax);
  let sliceEnd = json.length + SLICE_BYTES;
  json.raw("[");
  for (let i = 0; i < seriesCount; i++) {
    if (i > 0) json.raw(",");
    json.raw('{"metric":');
    writeLabels(json, result.labels[i]!);
    if (result.kind === "vector") writePoint(json, result, i);
    else writeSeries(json, result, i);
    json.raw("}");
    if (json.length < sliceEnd) continue;
    await pace.yieldTurn();
    pace.signal.throwIfAborted();
    sliceEnd = json.length + SLICE_BYTES;
  }
  json.raw("]");
}

function writePoint(json: JsonBytes, result: VectorResult, index: number): void {
  const histogram = result.histograms?.[index] ?? null;
  if (histogram === null) {
    json.raw(',"value":').sample(result.timestampMs, result.values[index]!);
    return;
  }
  json.raw(',"histogram":[').timestamp(result.timestampMs).raw(",");
  writeHistogram(json, histogram);
  json.raw("]");
}

function writeSeries(json: JsonBytes, result: MatrixResult, index: number): void {
  const from = result.sampleStart[index]!;
  const to = result.sampleStart[index + 1]!;
  const { timestamps, values, histograms } = result;
  const floatCount = histograms === null ? to - from : countFloats(histograms, from, to);
  if (floatCount > 0) {
    let separator = ',"values":[';
    for (let at = from; at < to; at++) {
      if (histograms !== null && histograms[at] !== null) continue;
      json.raw(separator).sample(timestamps[at]!, values[at]!);
      separator = ",";
    }
    json.raw("]");
  }
  if (histograms === null || floatCount === to - from) return;
  let separator = ',"histograms":[[';
  for (let at = from; at < to; at++) {
    const histogram = histograms[at] ?? null;
    if (histogram === null) continue;
    json.raw(separator).timestamp(timestamps[at]!).raw(",");
    writeHistogram(json, histogram);
    json.raw("]");
    separator = ",[";
  }
  json.raw("]");
}

function countFloats(histograms: readonly unknown[], from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) if (histograms[at] === null) count++;
  return count;
}
