/**
 * What fuzzed queries are evaluated on: a thousand series in columns made once, so that a selection
 * costs little and time goes to the engine. Beside the families of a differential data set it holds
 * series whose label names and values are those every JavaScript object has.
 */
import type { FloatHistogram } from "#model/float-histogram.ts";
import { labelsOf } from "#model/labels.ts";
import { compileMatchers } from "#model/matches-labels.ts";
import { MemoryQueryable } from "#promql/script/memory-queryable.ts";
import type { Queryable, SelectRequest, SeriesBatch, SeriesSet } from "#storage/queryable.ts";
import { makeDataSet } from "#test/differential/data/make-data-set.ts";
import type { DataSeries, DataSet } from "#test/differential/data/data-set.ts";

export const FIXTURE_SERIES = 1000;
/** Names that mean something to an object without being put there. */
export const OBJECT_WORDS: readonly string[] = [
  ...["__proto__", "constructor", "prototype", "toString", "valueOf", "hasOwnProperty"],
  ...["__defineGetter__", "then", "length", "name", "isPrototypeOf", "toJSON"],
];
const SAMPLES = 40;
const STEP_MS = 60_000;

export interface QueryFixture {
  readonly data: DataSet;
  readonly queryable: Queryable;
}

export async function makeQueryFixture(seed: number): Promise<QueryFixture> {
  const data = makeDataSet(seed, 0, "native");
  const missing = FIXTURE_SERIES - data.series.length;
  const series = [...data.series, ...hostileSeries(data.startMs, missing)];
  const memory = new MemoryQueryable();
  for (const { labels, samples } of series) memory.append(labels, samples);
  const everything = { tenant: 0, matchers: [], minMs: -Infinity, maxMs: Infinity } as never;
  const set = memory.select(everything, new AbortController().signal);
  const batches: SeriesBatch[] = [];
  for (let batch = await set.next(); batch !== null; batch = await set.next()) batches.push(batch);
  return { data, queryable: new ColumnQueryable(batches) };
}

function hostileSeries(startMs: number, count: number): DataSeries[] {
  return Array.from({ length: count }, (_, at) => {
    const word = OBJECT_WORDS[at % OBJECT_WORDS.length]!;
    const other = OBJECT_WORDS[(at * 7 + 3) % OBJECT_WORDS.length]!;
    const labels = labelsOf([
      ["__name__", at % 3 === 0 ? word : "hostile_total"],
      [word, other],
      ["id", String(at)],
      ["kind", "hostile"],
    ]);
    const samples = Array.from({ length: SAMPLES }, (_unused, step) => {
      return { timeMs: startMs + step * STEP_MS, startMs: 0, value: at + step * (1 + (at % 5)) };
    });
    return { labels, samples };
  });
}

class ColumnQueryable implements Queryable {
  readonly #batches: readonly SeriesBatch[];

  constructor(batches: readonly SeriesBatch[]) {
    this.#batches = batches;
  }

  select(request: SelectRequest, signal: AbortSignal): SeriesSet {
    let at = 0;
    const matches = compileMatchers(request.matchers);
    return {
      next: () => {
        signal.throwIfAborted();
        const batch = this.#batches[at++];
        return Promise.resolve(batch === undefined ? null : cut(batch, request, matches));
      },
      infos: () => [],
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }

  series(): Promise<never> {
    return Promise.reject(new Error("queries do not list series"));
  }

  labelNames(): Promise<never> {
    return this.series();
  }

  labelValues(): Promise<never> {
    return this.series();
  }
}

/** The matching series with their samples in range; a batch owns its arrays, so all is copied. */
function cut(
  batch: SeriesBatch,
  { minMs, maxMs }: SelectRequest,
  matches: (labels: SeriesBatch["labels"][number]) => boolean,
): SeriesBatch {
  const labels: SeriesBatch["labels"][number][] = [];
  const starts = [0];
  const times: number[] = [];
  const values: number[] = [];
  const histograms: (FloatHistogram | null)[] = [];
  batch.labels.forEach((one, series) => {
    if (!matches(one)) return;
    const before = times.length;
    for (let at = batch.sampleStart[series]!; at < batch.sampleStart[series + 1]!; at++) {
      const time = batch.timestamps[at]!;
      if (time < minMs || time > maxMs) continue;
      times.push(time);
      values.push(at);
      histograms.push(batch.histograms?.[at] ?? null);
    }
    if (times.length === before) return;
    labels.push(one);
    starts.push(times.length);
  });
  return {
    labels,
    sampleStart: Uint32Array.from(starts),
    timestamps: Float64Array.from(times),
    values: copied(batch.values, values),
    histograms: histograms.some((one) => one !== null) ? histograms : null,
    startTimestamps: null,
  };
}

/** By words, so that stale markers keep their bits. */
function copied(values: Float64Array, at: readonly number[]): Float64Array {
  const from = new BigUint64Array(values.buffer, values.byteOffset, values.length);
  const words = BigUint64Array.from(at, (index) => from[index]!);
  return new Float64Array(words.buffer);
}
