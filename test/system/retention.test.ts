/**
 * A node with an age of its own for some series: what is past it goes, and what is beside it in the
 * same blocks stays as it was received.
 * Covers: src/tsdb/retention/, cluster/roles/keeper/
 */
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { GyreProcess } from "#test/support/gyre-process.ts";
import { metricSum } from "#test/support/metric-sum.ts";
import { queryRange } from "#test/support/query-api.ts";
import { snappyBody, type TestSeries } from "#test/support/remote-write-body.ts";
import { ScratchFolder } from "#test/support/scratch-folder.ts";

const HOUR_MS = 3_600_000;
const STEP_MS = 60_000;
/** At any hour some block of an earlier day is wholly past the age of the rule. */
const HOURS = 32;
const WAIT_MS = 90_000;
const endMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
const startMs = endMs - HOURS * HOUR_MS;
const KEEPING = [
  ...["--storage.headWindow", "1s", "--storage.outOfOrderWindow", "1s", "--storage.shards", "2"],
  ...["--selfScrape.interval", "0", "--storage.retention1m", "0", "--storage.retention1h", "0"],
];

let started = new AsyncDisposableStack();

afterEach(async () => {
  await started.disposeAsync();
  started = new AsyncDisposableStack();
});

async function start(...args: string[]): Promise<GyreProcess> {
  const data = join(started.use(new ScratchFolder()).path, "data");
  const gyre = await GyreProcess.start({ data, args: [...KEEPING, ...args] });
  started.defer(async () => void (await gyre.end("SIGTERM")));
  return gyre;
}

async function writeAll(gyre: GyreProcess): Promise<void> {
  const samples = Array.from(
    { length: (HOURS * HOUR_MS) / STEP_MS },
    (_, i) => [startMs + i * STEP_MS, i] as const,
  );
  const body: TestSeries[] = ["dev", "live"].map((env) => ({
    labels: [
      ["__name__", "m"],
      ["env", env],
    ],
    samples,
  }));
  const response = await fetch(`${gyre.url}/api/v1/write`, {
    method: "POST",
    headers: { "content-type": "application/x-protobuf", "content-encoding": "snappy" },
    body: snappyBody(body) as Uint8Array<ArrayBuffer>,
  });
  expect(response.status).toBe(204);
}

/** Samples of each hour. */
async function counts(gyre: GyreProcess, env: string): Promise<number> {
  const query = `sum(count_over_time(m{env="${env}"}[1h]))`;
  const range = { startMs: startMs + HOUR_MS - 1, endMs, stepMs: HOUR_MS };
  const { result } = await queryRange(gyre.url, query, range);
  return result.flatMap(({ values = [] }) => values).reduce((sum, [, n]) => sum + Number(n), 0);
}

async function until(gyre: GyreProcess, metric: string, least: number): Promise<void> {
  const deadlineMs = performance.now() + WAIT_MS;
  while ((await metricSum(gyre.url, metric)) < least) {
    expect(performance.now()).toBeLessThan(deadlineMs);
  }
}

test("a rule takes its series out of blocks that others stay in", async () => {
  const gyre = await start("--storage.retentionRules", '{env="dev"} raw=6h');
  await writeAll(gyre);
  const all = await counts(gyre, "live");
  await until(gyre, "gyre_storage_retention_rewrites_total", 1);
  const deadlineMs = performance.now() + WAIT_MS;
  while ((await counts(gyre, "dev")) === all) expect(performance.now()).toBeLessThan(deadlineMs);
  expect(await counts(gyre, "live")).toBe(all);
  expect(await counts(gyre, "dev")).toBeGreaterThan((6 * HOUR_MS) / STEP_MS - 60);
});
