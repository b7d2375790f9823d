/**
 * The metrics of one thread: families of counters, gauges and histograms, read by `collect`. Handles
 * are fetched once per label set and kept; updating one costs an array store. Other threads count
 * in a shared block (`shared-counters.ts`) that the rendering thread adds as a collector. Names
 * follow Prometheus: base units, `_total` on counters, prefix `gyre_` (or `process_`).
 */
import { assert } from "#base/assert.ts";
import { Counter } from "./counter.ts";
import { Gauge } from "./gauge.ts";
import { Histogram } from "./histogram.ts";
import { LabelTable } from "./label-table.ts";
import type { MetricFamily, MetricSample, MetricType } from "./metric-snapshot.ts";
import { ValueColumn } from "./value-column.ts";

/** A registry with more families than this has one registered in a loop. */
export const FAMILIES_MAX = 1000;
const BOUNDS_MAX = 64;
const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

/** Label values, in the order of the family's label names. */
type Values = readonly string[];

interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly table: LabelTable;
  readonly column: ValueColumn;
  readonly bounds: Float64Array;
}

export class MetricRegistry {
  readonly #families = new Map<string, Family>();
  readonly #collectors: (() => readonly MetricFamily[])[] = [];

  /** Registers a counter; the result gives the handle of a label set. */
  counter(name: string, help: string, labelNames: Values = []): (...values: Values) => Counter {
    assert(name.endsWith("_total"), () => `metrics: got counter ${name}, want a name in _total`);
    const family = this.#register(name, help, "counter", labelNames, []);
    return (...values) => new Counter(family.column, cellOf(family, values));
  }

  gauge(name: string, help: string, labelNames: Values = []): (...values: Values) => Gauge {
    const family = this.#register(name, help, "gauge", labelNames, []);
    return (...values) => new Gauge(family.column, cellOf(family, values));
  }

  /** `bounds` are the upper bounds, ascending, without +Inf. */
  histogram(
    name: string,
    help: string,
    bounds: readonly number[],
    labelNames: Values = [],
  ): (...values: Values) => Histogram {
    const ascending = bounds.every((bound, at) => at === 0 || bound > bounds[at - 1]!);
    assert(
      ascending && bounds.length <= BOUNDS_MAX && !bounds.includes(Infinity),
      () =>
        `metrics: got bounds ${bounds.join()} of ${name}, want at most 64 ascending finite ones`,
    );
    const family = this.#register(name, help, "histogram", labelNames, bounds);
    return (...values) => new Histogram(family.column, cellOf(family, values), family.bounds);
  }

  /** Adds families that are computed at the scrape: shared counters, sizes, process figures. */
  addCollector(collect: () => readonly MetricFamily[]): void {
    this.#collectors.push(collect);
  }

  /** All families, sorted by name. Families without a series are left out. */
  collect(): readonly MetricFamily[] {
    const own = [...this.#families.values()].map(snapshotOf);
    const computed = this.#collectors.flatMap((collect) => collect());
    return [...own, ...computed]
      .filter((family) => family.samples.length > 0)
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }

  #register(
    name: string,
    help: string,
    type: MetricType,
    labelNames: Values,
    bounds: readonly number[],
  ): Family {
    assert(METRIC_NAME.test(name), () => `metrics: got name ${JSON.stringify(name)}`);
    assert(!this.#families.has(name), () => `metrics: ${name} is registered twice`);
    assert(this.#families.size < FAMILIES_MAX, () => `metrics: more than ${FAMILIES_MAX} families`);
    const table = new LabelTable(labelNames);
    const column = new ValueColumn();
    const family = { name, help, type, table, column, bounds: Float64Array.from(bounds) };
    this.#families.set(name, family);
    // A family without labels has its one series from the start, so that it reads 0, not absent.
    if (labelNames.length === 0) cellOf(family, []);
    return family;
  }
}

/** First cell of a series in its family's column. */
function cellOf(family: Family, values: Values): number {
  const index = family.table.indexOf(values);
  family.column.grow(family.table.count * cellsPerSeries(family));
  return index * cellsPerSeries(family);
}

function cellsPerSeries(family: Family): number {
  return family.type === "histogram" ? family.bounds.length + 2 : 1;
}

function snapshotOf(family: Family): MetricFamily {
  const samples: MetricSample[] = [];
  for (let index = 0; index < family.table.count; index++) {
    const labels = family.table.labelsOf(index);
    const cell = index * cellsPerSeries(family);
    if (family.type === "histogram") pushHistogram(samples, family, labels, cell);
    else samples.push({ suffix: "", labels, value: family.column.values[cell]! });
  }
  return { name: family.name, help: family.help, type: family.type, samples };
}

function pushHistogram(
  samples: MetricSample[],
  family: Family,
  labels: MetricSample["labels"],
  cell: number,
): void {
  const { values } = family.column;
  const buckets = family.bounds.length + 1;
  let count = 0;
  for (let bucket = 0; bucket < buckets; bucket++) {
    count += values[cell + bucket]!;
    const bound = bucket === buckets - 1 ? "+Inf" : String(family.bounds[bucket]);
    samples.push({ suffix: "_bucket", labels: [...labels, ["le", bound]], value: count });
  }
  samples.push({ suffix: "_sum", labels, value: values[cell + buckets]! });
  samples.push({ suffix: "_count", labels, value: count });
}
