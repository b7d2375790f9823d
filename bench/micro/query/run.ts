/**
 * `npm run bench -- query [--smoke] [--series N] [--runs N]`: CPU time of the engine's operators on
 * columns in memory, one query per operator, and the longest stretch a query held its thread.
 */
import { parseArgs } from "node:util";
import { tenantId } from "#model/refs.ts";
import { Engine } from "#promql/engine.ts";
import { QUERY_FEATURES_ALL, QUERY_LIMITS_DEFAULT } from "#promql/query-options.ts";
import { machineLine } from "../../machine-line.ts";
import { medianRange } from "../../median-range.ts";
import { ColumnStore } from "./column-store.ts";

const { values: args } = parseArgs({
  options: {
    smoke: { type: "boolean", default: false },
    series: { type: "string", default: "20000" },
    runs: { type: "string", default: "5" },
    only: { type: "string" },
  },
});
const series = args.smoke ? 200 : Number(args.series);
const runs = args.smoke ? 1 : Number(args.runs);
const SAMPLES = 241;
const SCRAPE_MS = 15_000;
const HOUR_MS = 3_600_000;
const SIGNAL = new AbortController().signal;
const TENANT = tenantId(0);

interface Case {
  readonly name: string;
  readonly text: string;
  /** 0: at the end of the hour. */
  readonly stepMs: number;
}

const M = "requests_total";
const CASES: readonly Case[] = [
  { name: "select, instant", text: M, stepMs: 0 },
  { name: "select, range", text: `count(${M})`, stepMs: 60_000 },
  { name: "rate, instant", text: `rate(${M}[5m])`, stepMs: 0 },
  { name: "sum of rate, 1 h / 15 s", text: `sum by (x) (rate(${M}[5m]))`, stepMs: 15_000 },
  { name: "sum of rate, 1 h / 60 s", text: `sum by (x) (rate(${M}[5m]))`, stepMs: 60_000 },
  { name: "avg_over_time", text: `max(avg_over_time(${M}[5m]))`, stepMs: 60_000 },
  { name: "max_over_time", text: `max(max_over_time(${M}[5m]))`, stepMs: 60_000 },
  { name: "quantile_over_time", text: `max(quantile_over_time(0.9, ${M}[5m]))`, stepMs: 60_000 },
  { name: "sum by", text: `sum by (x) (${M})`, stepMs: 60_000 },
  { name: "sum without", text: `sum without (instance, path) (${M})`, stepMs: 60_000 },
  { name: "avg", text: `avg by (x) (${M})`, stepMs: 60_000 },
  { name: "stddev", text: `stddev by (x) (${M})`, stepMs: 60_000 },
  { name: "quantile", text: `quantile by (x) (0.9, ${M})`, stepMs: 60_000 },
  { name: "topk", text: `topk(5, ${M})`, stepMs: 60_000 },
  { name: "count_values", text: `count(count_values("v", ${M}))`, stepMs: 0 },
  { name: "vector + scalar", text: `count(${M} * 2)`, stepMs: 60_000 },
  {
    name: "vector / vector",
    text: `count(${M} / on (instance, path) errors_total)`,
    stepMs: 60_000,
  },
  {
    name: "many to one",
    text: `count(${M} / on (x) group_left sum by (x) (errors_total))`,
    stepMs: 60_000,
  },
  { name: "and", text: `count(${M} and on (instance, path) errors_total)`, stepMs: 60_000 },
  {
    name: "histogram_quantile",
    text: "count(histogram_quantile(0.9, latency_bucket))",
    stepMs: 60_000,
  },
  { name: "label_replace", text: `count(label_replace(${M}, "y", "$1", "x", "(.*)"))`, stepMs: 0 },
  { name: "sort", text: `sort(${M})`, stepMs: 0 },
  { name: "subquery", text: `max(max_over_time(rate(${M}[5m])[10m:1m]))`, stepMs: 300_000 },
];

/** Time of this thread alone, ms. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

class Held {
  longestMs = 0;
  #fromMs = 0;

  begin(): void {
    this.longestMs = 0;
    this.#fromMs = cpuMs();
  }

  async turn(): Promise<void> {
    this.end();
    await Promise.resolve();
    this.#fromMs = cpuMs();
  }

  end(): void {
    this.longestMs = Math.max(this.longestMs, cpuMs() - this.#fromMs);
  }
}

const held = new Held();
const engine = new Engine({
  queryable: new ColumnStore({ series, samples: SAMPLES, stepMs: SCRAPE_MS }),
  clock: { wallMs: () => 0, monoMs: cpuMs },
  features: { ...QUERY_FEATURES_ALL, delayedNameRemoval: false },
  limits: { ...QUERY_LIMITS_DEFAULT, bytesMax: 8 * 1024 ** 3, samplesMax: 1e9 },
  lookbackMs: 300_000,
  defaultSubqueryStepMs: 60_000,
  yieldTurn: () => held.turn(),
});

async function measure({ text, stepMs }: Case): Promise<{ ms: number; ns: number; held: number }> {
  held.begin();
  const before = cpuMs();
  const result =
    stepMs === 0
      ? await engine.instant({ tenant: TENANT, text, timeMs: HOUR_MS }, SIGNAL)
      : await engine.range({ tenant: TENANT, text, startMs: 0, endMs: HOUR_MS, stepMs }, SIGNAL);
  held.end();
  const ms = cpuMs() - before;
  return { ms, ns: (ms * 1e6) / result.stats.samplesRead, held: held.longestMs };
}

console.log(
  `${machineLine()}\n\n${series} series, ${SAMPLES} samples each, ${SCRAPE_MS} ms apart\n`,
);
console.log("| operator | CPU ms, median (range) | ns/sample read | longest held ms |");
console.log("| --- | --- | --- | --- |");
for (const one of CASES) {
  if (args.only !== undefined && !one.name.includes(args.only)) continue;
  const all = [];
  // Once to warm up.
  await measure(one);
  for (let run = 0; run < runs; run++) all.push(await measure(one));
  const cells = [
    medianRange(
      all.map(({ ms }) => ms),
      1,
    ),
    medianRange(
      all.map(({ ns }) => ns),
      1,
    ),
    Math.min(...all.map((run) => run.held)).toFixed(1),
  ];
  console.log(`| ${one.name} | ${cells.join(" | ")} |`);
}
