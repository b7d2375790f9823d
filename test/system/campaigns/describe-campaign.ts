/** A campaign's outcome in lines: its problems, then the figures, the verdict last. */
import type { CampaignResult } from "./crash-campaign.ts";

export function describeCampaign(name: string, seed: number, result: CampaignResult): string[] {
  const { cycles, inFlight, startCrashes, startMs, problems } = result;
  const withInFlight = inFlight.filter((count) => count > 0).length;
  return [
    ...problems.map((problem) => `PROBLEM ${problem}`),
    `${name}: seed ${seed}, ${cycles} cycles and ${startCrashes} crashed starts; ` +
      `${result.ackedRequests} requests acked, ${result.retriedRequests} repeated at the end`,
    `requests in flight at the crash: ${withInFlight} of ${inFlight.length} cycles, ` +
      `${median(inFlight)} in the median, ${sum(inFlight)} together`,
    `start in ms: ${Math.round(median(startMs))} in the median, ${Math.round(largest(startMs))} at most`,
    `reading back in ms: ${Math.round(median(result.verifyMs))} in the median, ` +
      `${Math.round(sum(result.verifyMs))} together`,
    `${result.kept.flushes} generations flushed, ${result.kept.merges} merges, ` +
      `${result.kept.expired} blocks expired, ${result.kept.segmentsDropped} log segments dropped`,
    `${result.ackedSamples} samples acked, ${result.storedSamples} read back, ` +
      `${result.comparedQueries} queries as from a node never killed, ` +
      `${problems.length} problems`,
  ];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function largest(numbers: readonly number[]): number {
  return Math.max(0, ...numbers);
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
