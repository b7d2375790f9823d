/**
 * An engine and a storage that answer what the test put in, and record what they were asked. Each
 * request goes through a real router, as the worker's would.
 */
import type { ApiScope } from "#http/api-v1/api-scope.ts";
import { ApiRouter } from "#http/api-v1/api-router.ts";
import type { ApiAnswer } from "#http/doors.ts";
import type { Labels } from "#model/labels.ts";
import { tenantId } from "#model/refs.ts";
import type { InstantQuery, RangeQuery } from "#promql/engine.ts";
import type { QueryResult, QueryStats } from "#promql/query-result.ts";
import type { ExemplarSelect, ExemplarSeries, ExemplarSource } from "#storage/exemplar.ts";
import type { MetadataSelect, MetadataSource, MetricMetadata } from "#storage/metric-metadata.ts";
import type { Queryable, SelectRequest } from "#storage/queryable.ts";
import { type LogLine, recordingLogger } from "../fake-doors.ts";

export const STATS: QueryStats = {
  samplesRead: 12,
  peakSamples: 8,
  seriesRead: 2,
  prepareMs: 1.5,
  evalMs: 20,
};

export const COMMON: Pick<QueryResult, "warnings" | "infos" | "annotations" | "stats"> = {
  warnings: [],
  infos: [],
  annotations: [],
  stats: STATS,
};

export const NOW_MS = 1_700_000_000_000;

type Selection = SelectRequest & { readonly label?: string };

export class FakeScope implements ApiScope {
  readonly asked: (InstantQuery | RangeQuery)[] = [];
  readonly selected: Selection[] = [];
  readonly logLines: LogLine[] = [];
  turns = 0;
  result: () => Promise<QueryResult> = () =>
    Promise.resolve({ ...COMMON, kind: "scalar", timestampMs: NOW_MS, value: 1 });
  names: (select: Selection) => readonly string[] = () => ["a", "b"];
  sets: (select: Selection) => readonly Labels[] = () => [];
  samples: Queryable["select"] = () => {
    throw new Error("not asked here");
  };

  readonly clock: ApiScope["clock"] = { wallMs: () => NOW_MS, monoMs: () => 0 };
  admin: ApiScope["admin"] = null;
  snapshots: ApiScope["snapshots"] = null;
  readonly timeoutMs: number = 120_000;
  readonly pointsPerSeriesMax: number = 11_000;
  readonly version: string = "0.1.0";
  headStatus: ApiScope["headStatus"] = {
    headStatus: () => Promise.reject(new Error("not asked here")),
  };
  readonly facts: ApiScope["facts"] = {
    flags: { data: "/data/é" },
    configYaml: "data: x\n",
    startMs: NOW_MS - 1000,
    folder: "/work",
    threadCount: 5,
    coreCount: 2,
    retention: "7d",
  };
  readonly yieldTurn: () => Promise<void> = () => {
    this.turns++;
    return Promise.resolve();
  };
  readonly engine: ApiScope["engine"] = {
    instant: (query) => this.#evaluate(query),
    range: (query) => this.#evaluate(query),
  };
  readonly queryable: Queryable = {
    select: (select, signal) => this.samples(select, signal),
    series: (select) => Promise.resolve(this.#select(select, this.sets)),
    labelNames: (select) => Promise.resolve(this.#select(select, this.names)),
    labelValues: (select) => Promise.resolve(this.#select(select, this.names)),
  };

  exemplarSeries: readonly ExemplarSeries[] = [];
  readonly exemplarSelects: ExemplarSelect[] = [];
  readonly exemplars: ExemplarSource = {
    exemplars: (select) => {
      this.exemplarSelects.push(select);
      return Promise.resolve(this.exemplarSeries);
    },
  };
  descriptions: readonly MetricMetadata[] = [];
  readonly metadataSelects: MetadataSelect[] = [];
  readonly metadata: MetadataSource = {
    metadata: (select) => {
      this.metadataSelects.push(select);
      return Promise.resolve(this.descriptions);
    },
  };

  #evaluate(query: InstantQuery | RangeQuery): Promise<QueryResult> {
    this.asked.push(query);
    return this.result();
  }

  #select<T>(select: Selection, answer: (select: Selection) => T): T {
    this.selected.push(select);
    return answer(select);
  }

  handle(
    path: string,
    params: Record<string, string> | string = "",
    signal: AbortSignal = new AbortController().signal,
  ): Promise<ApiAnswer> {
    const router = new ApiRouter(this, recordingLogger(this.logLines));
    const text = new URLSearchParams(params).toString();
    const request = { tenant: tenantId(0), method: "GET", path, params: text } as const;
    return router.handle(request, signal);
  }
}

export function textOf(answer: ApiAnswer): string {
  return Buffer.from(answer.body).toString("utf8");
}
