/**
 * `npm run bench -- queries [--peers] [--smoke] [--series N] [--runs N]`: CPU (user + system, all
 * threads) and time on the clock of range queries over an hour of counters, asked of whole servers
 * over HTTP. All servers hold the same samples; runs are interleaved and answers compared.
 */
import { parseArgs } from "node:util";
import { machineLine } from "../../machine-line.ts";
import { median, medianRange, timesOf } from "../../median-range.ts";
import { costWhenIdle, processCost } from "../ingest/process-cost.ts";
import { startServer, type BenchServer, type ServerName } from "../ingest/servers.ts";
import { loadCounters } from "./load-counters.ts";

const { values: args } = parseArgs({
  options: {
    peers: { type: "boolean", default: false },
    smoke: { type: "boolean", default: false },
    series: { type: "string", default: "100000" },
    runs: { type: "string", default: "5" },
    gyre: { type: "string", multiple: true, default: [] },
  },
});
const series = args.smoke ? 300 : Number(args.series);
const runs = args.smoke ? 1 : Number(args.runs);
const names: readonly ServerName[] = args.peers ? ["gyre", "prometheus"] : ["gyre"];
const STEP_MS = 15_000;
const SAMPLES = 241;
const HOUR_MS = 3_600_000;
/** Samples lie beside the edges of windows, which Prometheus 2 counts in and 3 does not. */
const PHASE_MS = 7000;
/** Sums of the same numbers in another order. */
const SHARE_MAX = 1e-9;

const QUERIES: readonly { readonly text: string; readonly stepMs: number }[] = [
  { text: "sum by (x) (rate(m[5m]))", stepMs: STEP_MS },
  { text: "sum by (x) (rate(m[5m]))", stepMs: 60_000 },
  { text: "sum by (x) (m)", stepMs: 60_000 },
  { text: "max(max_over_time(m[5m]))", stepMs: 60_000 },
  { text: 'count(m{path=~"/p/[0-4].*"})', stepMs: 60_000 },
];

interface Measured {
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly values: number[];
}

interface MatrixReply {
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly values: readonly (readonly [number, string])[];
    }[];
  };
}

async function ask(server: BenchServer, text: string, stepMs: number, endMs: number) {
  const form = new URLSearchParams({
    query: text,
    start: String((endMs - HOUR_MS) / 1000),
    end: String(endMs / 1000),
    step: String(stepMs / 1000),
  });
  const before = processCost(server.pid).cpuSeconds;
  const startMs = performance.now();
  const url = `http://127.0.0.1:${server.port}/api/v1/query_range`;
  const response = await fetch(url, { method: "POST", body: form });
  const body = await response.text();
  const wallMs = performance.now() - startMs;
  if (!response.ok) throw new Error(`cannot ask ${text}: got ${response.status} ${body}`);
  // What a collector puts off counts too.
  const cpuMs = ((await costWhenIdle(server.pid)).cpuSeconds - before) * 1000;
  const { result } = (JSON.parse(body) as MatrixReply).data;
  const sorted = result.toSorted((a, b) =>
    (a.metric["x"] ?? "").localeCompare(b.metric["x"] ?? ""),
  );
  const values = sorted.flatMap((one) => one.values.map(([, value]) => Number(value)));
  return { cpuMs, wallMs, values };
}

function assertSame(text: string, got: readonly number[], want: readonly number[]): void {
  const isClose = (value: number, at: number): boolean =>
    Math.abs(value - want[at]!) <= SHARE_MAX * Math.abs(value);
  const at = got.findIndex((value, index) => !isClose(value, index));
  if (at < 0 && got.length === want.length) return;
  const sizes = `${got.length} and ${want.length} values`;
  throw new Error(`cannot compare ${text}: ${sizes}, ${got[at]} and ${want[at]} at ${at}`);
}

async function main(): Promise<void> {
  console.log(
    `${machineLine()}\n\n${series} series, ${SAMPLES} samples each, ${STEP_MS} ms apart\n`,
  );
  const endMs = Math.floor(Date.now() / STEP_MS) * STEP_MS;
  await using stack = new AsyncDisposableStack();
  const servers: BenchServer[] = [];
  for (const name of names) servers.push(stack.use(await startServer(name, args.gyre)));
  const load = { series, samples: SAMPLES, stepMs: STEP_MS, endMs: endMs - PHASE_MS };
  await loadCounters(servers, load);
  for (const { pid } of servers) await costWhenIdle(pid);
  console.log(
    "| query | step s | server | CPU ms (range) | vs gyre | clock ms (range) | vs gyre |",
  );
  console.log("| --- | --- | --- | --- | --- | --- | --- |");
  for (const { text, stepMs } of args.smoke ? QUERIES.slice(0, 2) : QUERIES) {
    const all: Measured[][] = servers.map(() => []);
    for (let run = 0; run <= runs; run++) {
      for (const [at, server] of servers.entries()) {
        const measured = await ask(server, text, stepMs, endMs);
        // The first warms up.
        if (run > 0 || args.smoke) all[at]!.push(measured);
      }
    }
    servers.forEach((_, at) => assertSame(text, all[at]![0]!.values, all[0]![0]!.values));
    const figures = (at: number, key: "cpuMs" | "wallMs"): number[] =>
      all[at]!.map((one) => one[key]);
    servers.forEach((_, at) => {
      const cells = (["cpuMs", "wallMs"] as const).flatMap((key) => [
        medianRange(figures(at, key)),
        timesOf(median(figures(at, key)), median(figures(0, key))),
      ]);
      const shown = text.replaceAll("|", "\\|");
      console.log(`| ${shown} | ${stepMs / 1000} | ${names[at]} | ${cells.join(" | ")} |`);
    });
  }
}

await main();
