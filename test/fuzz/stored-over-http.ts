/**
 * What a node says it holds, by the API that users read with.
 */
import { labelsKey, labelsOf } from "#model/labels.ts";
import type { StoredSeries } from "#test/support/head-stores.ts";

/** All usual times of the generated bodies lie in here, and none of the strange ones. */
const RANGE_MINUTES = 30;
const RANGE_MS: number = RANGE_MINUTES * 60_000;
/** One metric in five: their series are read sample by sample. */
const METRICS = "app_metric_[0-9]_total";
/** The same in the key of a series: one unit between two texts. */
const METRICS_IN_KEY = /(?:^|[^a-z])__name__.app_metric_[0-9]_total(?:$|[^a-z0-9_])/s;
const STALE = 0x7ff0_0000_0000_0002n;
const FAULTS_MAX = 10;
const HISTOGRAM = "histogram";

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly values?: readonly (readonly [number, string])[];
      readonly histograms?: readonly (readonly [number, unknown])[];
    }[];
  };
}

/** Every sample of some metrics: series key to `time:value` texts, the value of histograms unread. */
export type ReadOverHttp = ReadonlyMap<string, readonly string[]>;

export async function readOverHttp(url: string, nowMs: number): Promise<ReadOverHttp> {
  const query = `{__name__=~"${METRICS}"}[${RANGE_MINUTES}m]`;
  const params = new URLSearchParams({ query, time: String(nowMs / 1000) });
  const answer = (await (await fetch(`${url}/api/v1/query?${params}`)).json()) as Answer;
  if (answer.status !== "success") throw new Error(`cannot read samples: ${answer.error}`);
  return new Map(
    answer.data.result.map(({ metric, values = [], histograms = [] }) => {
      const samples = [
        ...values.map(([time, value]) => [time, numberText(parsed(value))] as const),
        ...histograms.map(([time]) => [time, HISTOGRAM] as const),
      ].toSorted(([a], [b]) => a - b);
      return [
        labelsKey(labelsOf(Object.entries(metric))),
        samples.map(([time, text]) => `${Math.round(time * 1000)}:${text}`),
      ];
    }),
  );
}

/** How many series have samples in the usual range. */
export async function seriesCountOf(url: string, nowMs: number): Promise<number> {
  const params = new URLSearchParams({
    "match[]": '{__name__!=""}',
    start: String((nowMs - RANGE_MS) / 1000),
    end: String(nowMs / 1000),
  });
  const answer = (await (await fetch(`${url}/api/v1/series?${params}`)).json()) as {
    status: string;
    error?: string;
    data: readonly unknown[];
  };
  if (answer.status !== "success") throw new Error(`cannot read series: ${answer.error}`);
  return answer.data.length;
}

/** Differences between an answer and what the logs hold. */
export function readFaults(
  read: ReadOverHttp,
  stored: readonly StoredSeries[],
  nowMs: number,
): string[] {
  const want = new Map<string, readonly string[]>();
  for (const { key, samples } of stored) {
    const usual = samples.flatMap((sample) => usualText(sample, nowMs));
    if (usual.length > 0 && isRead(key)) want.set(key, usual);
  }
  const faults: string[] = [];
  for (const [key, samples] of want) {
    const got = read.get(key)?.join(" ");
    if (got === samples.join(" ")) continue;
    faults.push(`${JSON.stringify(key)} reads ${got?.slice(0, 200)}, want ${samples.join(" ")}`);
  }
  for (const key of read.keys()) if (!want.has(key)) faults.push(`${JSON.stringify(key)} is read`);
  return faults.slice(0, FAULTS_MAX);
}

/** A range selector leaves staleness markers out. */
function usualText(sample: string, nowMs: number): string[] {
  const [time = "", hex = "", item] = sample.split(":");
  const timestampMs = Number(time);
  const bits = BigInt(`0x${hex}`);
  if (timestampMs <= nowMs - RANGE_MS || timestampMs > nowMs || bits === STALE) return [];
  if (item !== undefined) return [`${time}:${HISTOGRAM}`];
  const value = new Float64Array(BigUint64Array.of(bits).buffer)[0]!;
  return [`${time}:${numberText(value)}`];
}

function parsed(text: string): number {
  return Number(text.replace("Inf", "Infinity"));
}

/** One text per number, however it was written. */
function numberText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

function isRead(key: string): boolean {
  return METRICS_IN_KEY.test(key);
}
