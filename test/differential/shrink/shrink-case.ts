/**
 * Makes a failing case small: first the query, since that needs no new server, then the time range,
 * the series, their samples, the numbers.
 */
import type { DataSeries } from "../data/data-set.ts";
import type { MemorySample } from "#promql/script/memory-queryable.ts";
import { dropItems } from "./drop-items.ts";
import type { FailingCase, Trial } from "./failing-case.ts";
import { movedQuery, smallerQueries } from "./query-steps.ts";

const MINUTE_MS = 60_000;
/** Where samples are put within their second: on no edge of a window. */
const QUIET_MS = 250;

export async function shrinkCase(start: FailingCase, trial: Trial): Promise<FailingCase> {
  let current = start;
  const attempt = async (next: FailingCase): Promise<boolean> => {
    if (!(await trial.fails(next))) return false;
    current = next;
    return true;
  };
  await shrinkText(() => current, attempt);
  await shrinkTimes(() => current, attempt);
  await shrinkText(() => current, attempt);
  const named = current.series.filter(({ labels }) =>
    current.query.text.includes(labels[labels.indexOf("__name__") + 1]!),
  );
  if (named.length > 0) await attempt({ ...current, series: named });
  await dropItems(current.series, (series) => attempt({ ...current, series }));
  await shrinkText(() => current, attempt);
  for (const series of current.series) {
    const at = current.series.indexOf(series);
    await dropItems(series.samples, (samples) => attempt(withSamples(current, at, samples)));
  }
  await attempt(mapSamples(current, (sample) => ({ ...sample, timeMs: quietTime(sample.timeMs) })));
  await attempt(moved(current));
  await attempt(mapSamples(current, rounded));
  return current;
}

type Attempt = (next: FailingCase) => Promise<boolean>;

async function shrinkText(current: () => FailingCase, attempt: Attempt): Promise<void> {
  for (let isSmaller = true; isSmaller;) {
    isSmaller = false;
    const { query, series } = current();
    for (const text of smallerQueries(query.text, query.isInstant)) {
      isSmaller = await attempt({ series, query: { ...query, text, isOrdered: false } });
      if (isSmaller) break;
    }
  }
}

/** One step of a range query as an instant query, or fewer steps. */
async function shrinkTimes(current: () => FailingCase, attempt: Attempt): Promise<void> {
  const { query, series } = current();
  if (query.isInstant) return;
  for (let atMs = query.startMs; atMs <= query.endMs; atMs += query.stepMs) {
    const times = { isInstant: true, startMs: atMs, endMs: atMs, stepMs: 0 };
    if (await attempt({ series, query: { ...query, ...times } })) return;
  }
  for (const steps of [0, 1, 2, 4, 8]) {
    const endMs = Math.min(query.startMs + steps * query.stepMs, query.endMs);
    if (await attempt({ series, query: { ...query, endMs } })) return;
  }
}

function withSamples(
  { series, query }: FailingCase,
  at: number,
  samples: readonly MemorySample[],
): FailingCase {
  return { query, series: series.with(at, { ...series[at]!, samples }) };
}

function mapSamples(
  { series, query }: FailingCase,
  map: (sample: MemorySample) => MemorySample,
): FailingCase {
  const mapped = series.map((one): DataSeries => {
    const samples = one.samples.map(map);
    return {
      ...one,
      samples: samples.filter(({ timeMs }, at) => timeMs !== samples[at - 1]?.timeMs),
    };
  });
  return { query, series: mapped };
}

function quietTime(timeMs: number): number {
  const isWhole = timeMs % 1000 === 0;
  return isWhole ? timeMs : Math.floor(timeMs / 1000) * 1000 + QUIET_MS;
}

function rounded(sample: MemorySample): MemorySample {
  const { value } = sample;
  return typeof value === "number" ? { ...sample, value: Number(value.toPrecision(2)) } : sample;
}

/** The same, so early that scripts, which begin in 1970, can say it. */
function moved(one: FailingCase): FailingCase {
  const { query } = one;
  const firstMs = Math.min(...one.series.map(({ samples }) => samples[0]!.timeMs));
  const byMs = -Math.floor(firstMs / MINUTE_MS) * MINUTE_MS;
  const series = mapSamples(one, (sample) => ({ ...sample, timeMs: sample.timeMs + byMs })).series;
  const [startMs, endMs] = [query.startMs + byMs, query.endMs + byMs];
  return { series, query: { ...query, text: movedQuery(query.text, byMs), startMs, endMs } };
}
