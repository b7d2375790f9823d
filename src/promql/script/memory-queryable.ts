/**
 * A `Queryable` over samples in memory: the storage of scripts and of tests. Samples are appended
 * per series in ascending time. Histograms come back with the reset hints a real store can vouch
 * for: within one run of compatible counter histograms, all but the first are "not reset".
 */
import { assert } from "#base/assert.ts";
import { compareUtf8 } from "#base/bytes/compare-utf8.ts";
import type { FloatHistogram } from "#model/float-histogram.ts";
import { hintAfter } from "#model/histogram/hint-after.ts";
import { type Labels, labelsKey, labelValue } from "#model/labels.ts";
import { compileMatchers } from "#model/matches-labels.ts";
import { writeStaleAt } from "#model/staleness.ts";
import type { Queryable, SelectRequest, SeriesBatch, SeriesSet } from "#storage/queryable.ts";

export interface MemorySample {
  readonly timeMs: number;
  /** 0 = unknown. */
  readonly startMs: number;
  readonly value: number | "stale" | FloatHistogram;
}

interface MemorySeries {
  readonly labels: Labels;
  readonly samples: MemorySample[];
}

/** Series per batch, so that readers meet more than one. */
const BATCH_SERIES = 256;

export class MemoryQueryable implements Queryable {
  readonly #series: Map<string, MemorySeries> = new Map();

  append(labels: Labels, samples: readonly MemorySample[]): void {
    const key = labelsKey(labels);
    let series = this.#series.get(key);
    if (series === undefined) this.#series.set(key, (series = { labels, samples: [] }));
    for (const sample of samples) {
      const last = series.samples.at(-1);
      assert(
        last === undefined || sample.timeMs > last.timeMs,
        () => `memory: time ${sample.timeMs} not after ${last?.timeMs}`,
      );
      series.samples.push(withHint(sample, last ?? null));
    }
  }

  select(request: SelectRequest, signal: AbortSignal): SeriesSet {
    const found = this.#find(request);
    let at = 0;
    return {
      next: () => {
        signal.throwIfAborted();
        if (at >= found.length) return Promise.resolve(null);
        const batch = batchOf(found.slice(at, at + BATCH_SERIES));
        at += BATCH_SERIES;
        return Promise.resolve(batch);
      },
      infos: () => [],
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }

  series(request: SelectRequest): Promise<readonly Labels[]> {
    return Promise.resolve(this.#find(request).map(({ labels }) => labels));
  }

  labelNames(request: SelectRequest): Promise<readonly string[]> {
    const names = this.#find(request).flatMap(({ labels }) => labels.filter((_, i) => i % 2 === 0));
    return Promise.resolve([...new Set(names)].sort(compareUtf8));
  }

  labelValues(request: SelectRequest & { readonly label: string }): Promise<readonly string[]> {
    const values = this.#find(request).map(({ labels }) => labelValue(labels, request.label));
    return Promise.resolve([...new Set(values)].filter((value) => value !== "").sort(compareUtf8));
  }

  #find({ matchers, minMs, maxMs }: SelectRequest): MemorySeries[] {
    const matches = compileMatchers(matchers);
    const found: MemorySeries[] = [];
    for (const { labels, samples } of this.#series.values()) {
      if (!matches(labels)) continue;
      const inRange = samples.filter(({ timeMs }) => timeMs >= minMs && timeMs <= maxMs);
      if (inRange.length > 0) found.push({ labels, samples: inRange });
    }
    return found;
  }
}

function batchOf(series: readonly MemorySeries[]): SeriesBatch {
  const all = series.flatMap(({ samples }) => samples);
  const sampleStart = new Uint32Array(series.length + 1);
  series.forEach(({ samples }, i) => {
    sampleStart[i + 1] = sampleStart[i]! + samples.length;
  });
  const values = new Float64Array(all.length);
  const histograms: (FloatHistogram | null)[] = all.map(() => null);
  all.forEach(({ value }, i) => {
    if (value === "stale") writeStaleAt(values, i);
    else if (typeof value === "number") values[i] = value;
    else histograms[i] = value;
  });
  const hasStarts = all.some(({ startMs }) => startMs !== 0);
  return {
    labels: series.map(({ labels }) => labels),
    sampleStart,
    timestamps: Float64Array.from(all, ({ timeMs }) => timeMs),
    values,
    histograms: histograms.some((histogram) => histogram !== null) ? histograms : null,
    startTimestamps: hasStarts ? Float64Array.from(all, ({ startMs }) => startMs) : null,
  };
}

function withHint(sample: MemorySample, last: MemorySample | null): MemorySample {
  const { value } = sample;
  if (typeof value !== "object") return sample;
  const before = last !== null && typeof last.value === "object" ? last.value : null;
  return { ...sample, value: { ...value, counterResetHint: hintAfter(before, value) } };
}
