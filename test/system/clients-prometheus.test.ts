/**
 * An unmodified Prometheus writes to a node; both are then asked the same. Times lie far enough in
 * the past that nothing is under way, and no sample lies on an edge of a window.
 */
import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { GyreProcess } from "#test/support/gyre-process.ts";
import { startNodeExporter } from "#test/support/node-exporter.ts";
import { PrometheusServer } from "#test/support/prometheus-server.ts";
import { askApi, queryInstant, queryRange, secondsText } from "#test/support/query-api.ts";
import type { QueryData } from "#test/support/query-api.ts";
import { differencesOf, hasNonConstantSeries, pointsOf } from "#test/support/query-compare.ts";
import { COMPARED_QUERIES } from "#test/support/query-compare-list.ts";
import { isOnEdge, quietMillisecond } from "#test/support/query-compare-times.ts";
import { ScratchFolder } from "#test/support/scratch-folder.ts";
import { startScriptedTarget } from "#test/support/scripted-target.ts";
import { requirePart } from "#test/support/system-parts.ts";

/** The longest reach back from the newest evaluation: range, window, offset. */
const REACH_MS = 45_000;
const RANGE_MS = 15_000;
/** What is older than this no sender still holds back. */
const SETTLED_MS = 30_000;
/** Series exist and remote write runs before the time that is looked at. */
const WARM_UP_MS = 8000;
const COLLECT_MS = WARM_UP_MS + REACH_MS + SETTLED_MS;
const ASK_PAUSE_MS = 150;
const EVERYTHING = '{__name__=~".+"}';

const started = new AsyncDisposableStack();
let gyre = "";
let prometheus = "";
/** The newest evaluation. */
let endMs = 0;
let timestampsMs: readonly number[] = [];

beforeAll(async () => {
  const data = started.use(new ScratchFolder()).path;
  // Without the node's own series both servers hold the same.
  const node = await GyreProcess.start({ data, args: ["--selfScrape.interval", "0"] });
  started.defer(async () => void (await node.end("SIGTERM")));
  const exporter = started.use(await startNodeExporter());
  const scripted = started.use(await startScriptedTarget());
  const server = started.use(
    await PrometheusServer.start({
      targets: { node: exporter.address, scripted: scripted.address },
      remoteWriteUrl: `${node.url}/api/v1/write`,
    }),
  );
  gyre = node.url;
  prometheus = server.url;
  await keepBusy(prometheus, COLLECT_MS);
  const latestMs = Date.now() - SETTLED_MS;
  timestampsMs = await allTimestamps(prometheus, latestMs);
  const phase = quietMillisecond(timestampsMs);
  endMs = Math.floor((latestMs - phase) / 1000) * 1000 + phase;
}, COLLECT_MS + 60_000);

afterAll(() => started.disposeAsync());

/** Requests of changing mix, so that the server's own counters and histograms move. */
async function keepBusy(url: string, durationMs: number): Promise<void> {
  const startMs = Date.now();
  for (let n = 0; Date.now() - startMs < durationMs; n++) {
    const query = n % 8 < 3 + 3 * Math.sin(n / 17) ? EVERYTHING : "up";
    await queryInstant(url, query, Date.now());
    if (n % 3 === 0) await (await fetch(`${url}/metrics`)).arrayBuffer();
    await sleep(ASK_PAUSE_MS);
  }
}

async function allTimestamps(url: string, latestMs: number): Promise<number[]> {
  const query = `${EVERYTHING}[${(REACH_MS + WARM_UP_MS) / 1000}s]`;
  const data = await queryInstant(url, query, latestMs);
  const found = new Set<number>();
  for (const series of data.result) {
    for (const [seconds] of pointsOf(series)) found.add(Math.round(seconds * 1000));
  }
  return [...found];
}

function filled(text: string): string {
  return text
    .replaceAll("{{at}}", secondsText(endMs - 5000))
    .replaceAll("{{lag}}", `${1000 - (endMs % 1000)}ms`);
}

async function both(ask: (url: string) => Promise<QueryData>): Promise<[QueryData, QueryData]> {
  return Promise.all([ask(gyre), ask(prometheus)]);
}

test("there is a time to ask for: long past, seen by many samples, on no edge", () => {
  expect(Date.now() - endMs).toBeGreaterThanOrEqual(SETTLED_MS);
  expect(timestampsMs.length).toBeGreaterThan(REACH_MS / 1000);
  expect(isOnEdge(timestampsMs, endMs)).toBe(false);
  expect(Math.min(...timestampsMs)).toBeLessThan(endMs - REACH_MS);
});

test("both hold the same samples", async () => {
  const query = `${EVERYTHING}[${REACH_MS / 1000}s]`;
  const [ours, theirs] = await both((url) => queryInstant(url, query, endMs));
  expect(differencesOf(ours, theirs)).toEqual([]);
  const samples = ours.result.reduce((sum, series) => sum + pointsOf(series).length, 0);
  expect(samples).toBeGreaterThan(20_000);
});

test.for(COMPARED_QUERIES.filter(({ isInstantOnly }) => isInstantOnly !== true))(
  "range: $text",
  async ({ text }) => {
    const query = filled(text);
    const range = { startMs: endMs - RANGE_MS, endMs, stepMs: 1000 };
    const [ours, theirs] = await both((url) => queryRange(url, query, range));
    expect(differencesOf(ours, theirs), query).toEqual([]);
    expect(hasNonConstantSeries(theirs), `${query} is constant`).toBe(true);
    const coarse = { startMs: endMs - RANGE_MS + 1000, endMs, stepMs: 4000 };
    const [oursCoarse, theirsCoarse] = await both((url) => queryRange(url, query, coarse));
    expect(differencesOf(oursCoarse, theirsCoarse), `${query}, step 4 s`).toEqual([]);
  },
);

test.for(COMPARED_QUERIES)("instant: $text", async ({ text, isOrdered = false }) => {
  const query = filled(text);
  let points = 0;
  for (const timeMs of [endMs, endMs - 1000, endMs - 2000, endMs - 11_000]) {
    const [ours, theirs] = await both((url) => queryInstant(url, query, timeMs));
    expect(differencesOf(ours, theirs, { isOrdered }), `${query} at ${timeMs}`).toEqual([]);
    points += theirs.result.length;
  }
  expect(points).toBeGreaterThan(0);
});

test("series, labels and label values are the same", async () => {
  const times = [
    ["start", secondsText(endMs - REACH_MS)],
    ["end", secondsText(endMs)],
  ] as const;
  const matches = ['{job="node"}', '{__name__=~"scripted_.*",job!="x"}'].map(
    (match) => ["match[]", match] as const,
  );
  const lists = ["labels", "label/__name__/values", "label/mode/values", "label/lines/values"];
  for (const path of ["series", ...lists]) {
    const [ours, theirs] = await Promise.all(
      [gyre, prometheus].map((url) =>
        askApi<(string | object)[]>(url, path, [...times, ...matches]),
      ),
    );
    expect(theirs!.length, path).toBeGreaterThan(0);
    expect(inOrder(ours!), path).toEqual(inOrder(theirs!));
  }
});

/** The order of the answer of `series` is nobody's promise. */
function inOrder(list: readonly (string | object)[]): string[] {
  return list
    .map((one) => (typeof one === "string" ? one : JSON.stringify(one, Object.keys(one).sort())))
    .sort();
}

/** Runs promtool against both servers; the texts, their addresses left out. */
function promtool(command: string, flags: readonly string[], words: readonly string[]): string[] {
  return [gyre, prometheus].map((url) =>
    execFileSync(requirePart("promtool"), ["query", command, ...flags, url, ...words], {
      encoding: "utf8",
    }),
  );
}

test.for([
  `sort_desc(scripted_wave)`,
  'sum by(mode)(rate(node_cpu_seconds_total{cpu="0",mode="idle"}[10s]))',
  "scalar(scripted_sawtooth_total) / 3",
  "scripted_flicker[7s]",
])("promtool query instant prints the same: %s", (query) => {
  const [ours, theirs] = promtool("instant", ["--time", secondsText(endMs)], [query]);
  expect(ours).toBe(theirs);
  expect(ours).toMatch(/\d/);
});

test.for([
  "scripted_wave",
  "sum by(mode)(increase(node_cpu_seconds_total[10s]))",
  'up{job="scripted"} or absent(scripted_flicker)',
])("promtool query range prints the same: %s", (query) => {
  const times = ["--start", secondsText(endMs - RANGE_MS), "--end", secondsText(endMs)];
  const [ours, theirs] = promtool("range", [...times, "--step", "1s"], [query]);
  expect(ours).toBe(theirs);
  expect(ours!.split("\n").length).toBeGreaterThan(RANGE_MS / 1000);
});

test("promtool query series and labels print the same", () => {
  const times = ["--start", secondsText(endMs - REACH_MS), "--end", secondsText(endMs)];
  for (const match of ["scripted_wave", '{__name__=~"node_cpu.*",mode!="idle"}', "scripted_text"]) {
    const [ours, theirs] = promtool("series", [...times, "--match", match], []);
    expect(inOrder(ours!.split("\n"))).toEqual(inOrder(theirs!.split("\n")));
    expect(ours).toContain("instance=");
  }
  for (const name of ["__name__", "job", "lines"]) {
    const [ours, theirs] = promtool("labels", times, [name]);
    expect(ours).toBe(theirs);
    expect(ours!.length).toBeGreaterThan(2);
  }
});
