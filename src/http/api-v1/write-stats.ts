/** What a query cost, when `stats` was asked for. Times are seconds. */
import type { QueryStats } from "#promql/query-result.ts";
import type { JsonBytes } from "./json-bytes.ts";

export function writeStats(json: JsonBytes, stats: QueryStats): void {
  const totalMs = stats.prepareMs + stats.evalMs;
  const timings = {
    evalTotalTime: totalMs / 1000,
    // Results are built in order and admission is not timed here: both are truly nothing.
    resultSortTime: 0,
    queryPreparationTime: stats.prepareMs / 1000,
    innerEvalTime: stats.evalMs / 1000,
    execQueueTime: 0,
    execTotalTime: totalMs / 1000,
  };
  const samples = {
    totalQueryableSamples: stats.samplesRead,
    samplesRead: stats.samplesRead,
    peakSamples: stats.peakSamples,
  };
  json.raw(`,"stats":${JSON.stringify({ timings, samples })}`);
}
