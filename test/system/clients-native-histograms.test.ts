/**
 * Debian's Prometheus scrapes native histograms and writes them to a node: both hold the same ones,
 * bucket by bucket, and go on doing so after the node was killed.
 */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "#test/support/eventually.ts";
import { GyreProcess } from "#test/support/gyre-process.ts";
import { startNativeTarget } from "#test/support/native-target.ts";
import { PrometheusServer } from "#test/support/prometheus-server.ts";
import { queryInstant } from "#test/support/query-api.ts";
import { ScratchFolder } from "#test/support/scratch-folder.ts";

const WAIT_MS = 120_000;
const SCRAPES = 20;
const NODE_ARGS = ["--selfScrape.interval", "0", "--storage.shards", "8"];
const SELECTOR = "native_press_seconds";

const started = new AsyncDisposableStack();
let data: string;
let gyre: GyreProcess;
let prometheus: PrometheusServer;

beforeAll(async () => {
  data = join(started.use(new ScratchFolder()).path, "data");
  gyre = await GyreProcess.start({ data, args: NODE_ARGS });
  started.defer(async () => void (await gyre.end("SIGTERM")));
  const target = started.use(await startNativeTarget());
  prometheus = await PrometheusServer.start({
    targets: { press: target.address },
    remoteWriteUrl: `${gyre.url}/api/v1/write`,
    isNative: true,
  });
  started.use(prometheus);
});

afterAll(() => started.disposeAsync());

interface HistogramSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly histograms?: readonly (readonly [seconds: number, histogram: unknown])[];
  readonly values?: readonly unknown[];
}

async function ask(url: string, query: string, ms: number): Promise<readonly HistogramSeries[]> {
  const { result } = await queryInstant(url, query, ms);
  return result.toSorted((a, b) => (a.metric["line"]! < b.metric["line"]! ? -1 : 1));
}

/** Waits until the node has `scrapes` histograms of a series; the time of the last one in both. */
async function settled(scrapes: number): Promise<number> {
  return eventually(`${scrapes} histograms in the node`, WAIT_MS, async () => {
    const [series] = await ask(gyre.url, `${SELECTOR}[10m]`, Date.now());
    const all = series?.histograms ?? [];
    return all.length >= scrapes ? Math.round(all.at(-1)![0] * 1000) : null;
  });
}

/** Counts and sums are read the same by either version; quantiles and rates are not. */
const QUERIES = [
  `${SELECTOR}[10m]`,
  SELECTOR,
  `histogram_count(${SELECTOR})`,
  `histogram_sum(${SELECTOR})`,
  `sum by (job) (${SELECTOR})`,
];

async function expectSame(ms: number): Promise<void> {
  for (const query of QUERIES) {
    const [ours, theirs] = await Promise.all([
      ask(gyre.url, query, ms),
      ask(prometheus.url, query, ms),
    ]);
    expect(theirs.length, query).toBeGreaterThan(0);
    expect(ours, query).toEqual(theirs);
  }
}

test("what was scraped is what the node answers", async () => {
  await expectSame(await settled(SCRAPES));
});

test("also what was scraped while the node was down", async () => {
  const { port } = gyre;
  await gyre.end("SIGKILL");
  gyre = await GyreProcess.start({ data, port, args: NODE_ARGS });
  await expectSame(await settled(2 * SCRAPES));
});
