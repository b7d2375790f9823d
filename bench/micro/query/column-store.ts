/**
 * A `Queryable` over columns made once: what the engine costs by itself, without storage. Series are
 * counters of one job, each with a label of a hundred values to group by and one of its own.
 */
import { labelsOf, type Labels } from "#model/labels.ts";
import { compileMatchers } from "#model/matches-labels.ts";
import type { Queryable, SelectRequest, SeriesBatch, SeriesSet } from "#storage/queryable.ts";

export interface StoreSize {
  readonly series: number;
  readonly samples: number;
  readonly stepMs: number;
}

/** As many as a slice of storage holds of short series. */
const BATCH_SERIES = 512;
const GROUPS = 100;
const BUCKETS: readonly string[] = ["0.1", "0.5", "1", "5", "+Inf"];

export class ColumnStore implements Queryable {
  readonly #batches: readonly SeriesBatch[];

  constructor(size: StoreSize) {
    const names = ["requests_total", "errors_total", "latency_bucket"];
    const batches: SeriesBatch[] = [];
    for (const name of names) {
      for (let from = 0; from < size.series; from += BATCH_SERIES) {
        batches.push(makeBatch(name, from, Math.min(BATCH_SERIES, size.series - from), size));
      }
    }
    this.#batches = batches;
  }

  select(request: SelectRequest): SeriesSet {
    const matches = compileMatchers(request.matchers);
    let at = 0;
    return {
      next: () => {
        for (;;) {
          const batch = this.#batches[at++];
          if (batch === undefined) return Promise.resolve(null);
          if (matches(batch.labels[0]!)) return Promise.resolve(inRange(batch, request));
        }
      },
      infos: () => [],
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }

  series(): Promise<never> {
    return Promise.reject(new Error("nobody lists the series of a benchmark"));
  }

  labelNames(): Promise<never> {
    return this.series();
  }

  labelValues(): Promise<never> {
    return this.series();
  }
}

function makeBatch(name: string, from: number, count: number, size: StoreSize): SeriesBatch {
  const { samples, stepMs } = size;
  const labels: Labels[] = [];
  const timestamps = new Float64Array(count * samples);
  const values = new Float64Array(count * samples);
  for (let row = 0; row < count; row++) {
    const series = from + row;
    labels.push(labelsOfSeries(name, series));
    const isBucket = name.endsWith("_bucket");
    const target = isBucket ? Math.floor(series / BUCKETS.length) : series;
    let value = target % 1000;
    for (let i = 0; i < samples; i++) {
      // A restart now and then, at another time in every target.
      value = (target + i) % 997 === 0 ? 0 : value + ((target * 31 + i * 7) % 23);
      timestamps[row * samples + i] = i * stepMs + (target % 64);
      // The counts of buckets ascend.
      values[row * samples + i] = isBucket ? value * (1 + (series % BUCKETS.length)) : value;
    }
  }
  return {
    labels,
    sampleStart: Uint32Array.from({ length: count + 1 }, (_, row) => row * samples),
    timestamps,
    values,
    histograms: null,
    startTimestamps: null,
  };
}

function labelsOfSeries(name: string, series: number): Labels {
  const bucket = name.endsWith("_bucket");
  const instance = bucket ? Math.floor(series / BUCKETS.length) : series;
  const pairs: [string, string][] = [
    ["__name__", name],
    ["cluster", "eu-1"],
    ["instance", `host-${Math.floor(instance / 100)}:9100`],
    ["job", "node"],
    ["path", `/p/${instance % 100}`],
    ["x", `group-${instance % GROUPS}`],
  ];
  if (bucket) pairs.push(["le", BUCKETS[series % BUCKETS.length]!]);
  return labelsOf(pairs);
}

/** All series of a batch have the same times but for some milliseconds. */
function inRange(batch: SeriesBatch, { minMs, maxMs }: SelectRequest): SeriesBatch {
  const { sampleStart, timestamps, values, labels } = batch;
  const starts = new Uint32Array(labels.length + 1);
  const times = new Float64Array(timestamps.length);
  const copied = new Float64Array(values.length);
  let end = 0;
  for (let row = 0; row < labels.length; row++) {
    let low = sampleStart[row]!;
    let high = sampleStart[row + 1]!;
    while (low < high && timestamps[low]! < minMs) low++;
    while (high > low && timestamps[high - 1]! > maxMs) high--;
    times.set(timestamps.subarray(low, high), end);
    copied.set(values.subarray(low, high), end);
    end += high - low;
    starts[row + 1] = end;
  }
  return {
    ...batch,
    sampleStart: starts,
    timestamps: times.subarray(0, end),
    values: copied.subarray(0, end),
  };
}
