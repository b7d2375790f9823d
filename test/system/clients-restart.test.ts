/**
 * Node and Prometheus are stopped and killed in the middle of remote write. Prometheus repeats what
 * was not acknowledged, so afterwards the node holds every sample that Prometheus itself holds. The
 * one exception is Prometheus' own: killed, it forgets what it had not sent yet.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "#test/support/eventually.ts";
import { freePort } from "#test/support/free-port.ts";
import { GyreProcess } from "#test/support/gyre-process.ts";
import { startNodeExporter } from "#test/support/node-exporter.ts";
import { PrometheusServer } from "#test/support/prometheus-server.ts";
import { queryInstant } from "#test/support/query-api.ts";
import { pointsOf } from "#test/support/query-compare.ts";
import { ScratchFolder } from "#test/support/scratch-folder.ts";

/** Several requests of Prometheus, and a scrape or two of the node's own. */
const RUN_MS = 6000;
/** Long enough for Prometheus to meet refused connections and back off. */
const DOWN_MS = 2500;
const CATCH_UP_MS = 40_000;
/** Prometheus holds a batch back this long, so a kill loses at most so much. */
const BATCH_MS_MAX = 6000;
/** What Prometheus scrapes this short before its end may miss the queue of its sender. */
const UNQUEUED_MS_MAX = 500;
/** Scrapes come every second; a slow machine is late at times. */
const GAP_MS_MAX = 5000;
/** Fewer say nothing about gaps. */
const SAMPLES_MIN = 4;
const WINDOW = "[10m]";

type Samples = ReadonlyMap<string, ReadonlyMap<number, string>>;

const started = new AsyncDisposableStack();
let gyre: GyreProcess;
let prometheus: PrometheusServer;
let options: { readonly data: string; readonly port: number; readonly args: readonly string[] };

beforeAll(async () => {
  const data = join(started.use(new ScratchFolder()).path, "data");
  options = { data, port: await freePort(), args: ["--selfScrape.interval", "1s"] };
  gyre = await GyreProcess.start(options);
  started.defer(async () => void (await gyre.end("SIGTERM")));
  const exporter = started.use(await startNodeExporter());
  prometheus = await PrometheusServer.start({
    targets: { node: exporter.address },
    remoteWriteUrl: `${gyre.url}/api/v1/write`,
  });
  started.use(prometheus);
  await eventually("first samples", CATCH_UP_MS, async () =>
    (await samplesOf(gyre.url, "node_time_seconds")).size > 0 ? true : null,
  );
});

afterAll(() => started.disposeAsync());

async function samplesOf(url: string, selector: string): Promise<Samples> {
  const { result } = await queryInstant(url, `${selector}${WINDOW}`, Date.now());
  return new Map(
    result.map((series) => [
      JSON.stringify(Object.entries(series.metric).sort(([a], [b]) => (a < b ? -1 : 1))),
      new Map(pointsOf(series).map(([seconds, value]) => [Math.round(seconds * 1000), value])),
    ]),
  );
}

/** Samples between the two times that `have` holds and `other` does not, or not equal. */
function lacking(have: Samples, other: Samples, fromMs: number, toMs: number): string[] {
  const found: string[] = [];
  for (const [key, samples] of have) {
    for (const [timeMs, value] of samples) {
      if (timeMs < fromMs || timeMs > toMs || other.get(key)?.get(timeMs) === value) continue;
      found.push(`${key} at ${timeMs}: ${value}, other ${other.get(key)?.get(timeMs)}`);
    }
  }
  return found;
}

/** Waits until the node has everything between the two times that Prometheus has; no more either. */
async function expectSame(fromMs: number, toMs: number): Promise<void> {
  const selector = '{job=~"node|prometheus"}';
  let lost: string[] = [];
  await eventually("all samples of Prometheus", CATCH_UP_MS, async () => {
    const [ours, theirs] = await Promise.all([
      samplesOf(gyre.url, selector),
      samplesOf(prometheus.url, selector),
    ]);
    lost = lacking(theirs, ours, fromMs, toMs);
    expect(lacking(ours, theirs, fromMs, toMs)).toEqual([]);
    return lost.length === 0 ? true : null;
  }).catch((error: unknown) => {
    throw new Error(`${lost.length} samples lost, first ${lost.slice(0, 3).join("; ")}`, {
      cause: error,
    });
  });
}

/** Between samples of the one series that are newer than `fromMs`; waits until there are some. */
async function largestGapMs(url: string, selector: string, fromMs: number): Promise<number> {
  const recent = await eventually(`samples of ${selector}`, CATCH_UP_MS, async () => {
    const samples = await samplesOf(url, selector);
    expect(samples.size, selector).toBe(1);
    const times = [...samples.values()].flatMap((one) => [...one.keys()]);
    const found = times.filter((timeMs) => timeMs >= fromMs).sort((a, b) => a - b);
    return found.length >= SAMPLES_MIN ? found : null;
  });
  return Math.max(...recent.slice(1).map((timeMs, index) => timeMs - recent[index]!));
}

/** Of the sender's own counters: nothing was given up. */
async function expectNothingDropped(): Promise<void> {
  const page = await (await fetch(`${prometheus.url}/metrics`)).text();
  const given = /^prometheus_remote_storage_samples_(?:failed|dropped)_total\{.*\} (\S+)$/gm;
  const counts = [...page.matchAll(given)].map(([, count]) => count);
  expect(counts).toEqual(["0", "0"]);
}

test.for(["SIGTERM", "SIGKILL"] as const)("no gap after %s of the node", async (signal) => {
  const startMs = Date.now();
  await sleep(RUN_MS);
  await gyre.end(signal);
  const downMs = Date.now();
  await sleep(DOWN_MS);
  gyre = await GyreProcess.start(options);
  const upMs = Date.now();
  await sleep(RUN_MS);
  await expectSame(startMs, upMs);
  // Scraped while nobody took it: this is what had to be sent later.
  const times = [...(await samplesOf(gyre.url, "node_time_seconds")).values()];
  const whileDown = times.flatMap((one) =>
    [...one.keys()].filter((ms) => ms > downMs && ms < upMs),
  );
  expect(whileDown.length).toBeGreaterThanOrEqual(2);
  await expectNothingDropped();
  // Its own scrape rested with it and goes on.
  const ownGapMs = await largestGapMs(gyre.url, 'up{job="gyre"}', startMs);
  expect(ownGapMs).toBeGreaterThanOrEqual(DOWN_MS);
  expect(ownGapMs).toBeLessThan(DOWN_MS + 10_000);
  expect(await largestGapMs(gyre.url, 'up{job="gyre"}', upMs)).toBeLessThan(GAP_MS_MAX);
});

test.for(["SIGTERM", "SIGKILL"] as const)("series go on after %s of Prometheus", async (signal) => {
  const startMs = Date.now();
  await sleep(RUN_MS);
  const stopMs = Date.now();
  await prometheus.stop(signal);
  await sleep(DOWN_MS);
  await prometheus.startAgain();
  const upMs = Date.now();
  await sleep(RUN_MS);
  const unsentMs = signal === "SIGKILL" ? BATCH_MS_MAX : UNQUEUED_MS_MAX;
  await expectSame(startMs, stopMs - unsentMs);
  await expectSame(upMs, upMs + RUN_MS / 2);
  expect(await largestGapMs(gyre.url, "node_time_seconds", upMs)).toBeLessThan(GAP_MS_MAX);
  expect(await largestGapMs(gyre.url, 'up{job="gyre"}', startMs)).toBeLessThan(GAP_MS_MAX);
  await expectNothingDropped();
});
