/**
 * A node that keeps samples as received for an hour and minutes for twelve, given a day and more of
 * history: it comes out of minutes and hours, and on their edges every answer is exactly as before.
 * Covers: src/tsdb/select/, cluster/roles/keeper/
 */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { GyreProcess } from "#test/support/gyre-process.ts";
import { metricSum } from "#test/support/metric-sum.ts";
import { askApi, queryRange } from "#test/support/query-api.ts";
import { pointsOf } from "#test/support/query-compare.ts";
import { snappyBody, type TestSeries } from "#test/support/remote-write-body.ts";
import { ScratchFolder } from "#test/support/scratch-folder.ts";

const HOUR_MS = 3_600_000;
const STEP_MS = 10_000;
/** Not on the edge of a bucket. */
const OFFSET_MS = 3000;
const SERIES = 4;
const REQUEST_SAMPLES = 1000;
/** Of the fourteen two-hour blocks past their age that a shard with series has. */
const EXPIRED_MIN = 12;
const WAIT_MS = 90_000;
const ARGS = [
  ...["--storage.headWindow", "1s", "--storage.outOfOrderWindow", "1s", "--storage.shards", "2"],
  ...["--storage.retentionRaw", "1h", "--storage.retention1m", "12h"],
  ...["--selfScrape.interval", "0"],
];

const started = new AsyncDisposableStack();
const endMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
const HOURS = 30;
const startMs = endMs - HOURS * HOUR_MS;
let gyre: GyreProcess;

beforeAll(async () => {
  const data = join(started.use(new ScratchFolder()).path, "data");
  gyre = await GyreProcess.start({ data, args: ARGS });
  started.defer(async () => void (await gyre.end("SIGTERM")));
});

afterAll(() => started.disposeAsync());

function valueAt(series: number, i: number): number {
  return series + (i % 61);
}

async function writeAll(): Promise<void> {
  const count = (HOURS * HOUR_MS) / STEP_MS;
  for (let from = 0; from < count; from += REQUEST_SAMPLES) {
    const length = Math.min(REQUEST_SAMPLES, count - from);
    const series = Array.from({ length: SERIES }, (_, n): TestSeries => {
      const samples = Array.from({ length }, (_sample, row) => {
        const i = from + row;
        return [startMs + i * STEP_MS + OFFSET_MS, valueAt(n, i)] as const;
      });
      const labels: [string, string][] = [
        ["__name__", "m"],
        ["n", String(n)],
      ];
      return { labels, samples };
    });
    const response = await fetch(`${gyre.url}/api/v1/write`, {
      method: "POST",
      headers: { "content-type": "application/x-protobuf", "content-encoding": "snappy" },
      body: snappyBody(series) as Uint8Array<ArrayBuffer>,
    });
    expect(response.status).toBe(204);
  }
}

/** Values on the hour of each series, the first hour of all samples first. */
async function hourly(query: string): Promise<Map<number, number[]>> {
  const range = { startMs: startMs + HOUR_MS, endMs, stepMs: HOUR_MS };
  const { result } = await queryRange(gyre.url, query, range);
  return new Map(
    result.map((series) => [
      Number(series.metric.n),
      pointsOf(series).map(([, value]) => Number(value)),
    ]),
  );
}

/** Of the last `hours` before each, as far as there are some. */
function wanted(hours: number, fold: (values: readonly number[]) => number): Map<number, number[]> {
  const perHour = HOUR_MS / STEP_MS;
  return new Map(
    Array.from({ length: SERIES }, (_, n) => [
      n,
      Array.from({ length: HOURS }, (_hour, hour) => {
        const first = Math.max(0, hour + 1 - hours) * perHour;
        const length = (hour + 1) * perHour - first;
        return fold(Array.from({ length }, (_i, i) => valueAt(n, first + i)));
      }),
    ]),
  );
}

async function checkHours(): Promise<void> {
  expect(await hourly("min_over_time(m[2h])")).toEqual(wanted(2, (all) => Math.min(...all)));
  expect(await hourly("max_over_time(m[2h])")).toEqual(wanted(2, (all) => Math.max(...all)));
  expect(await hourly("count_over_time(m[2h])")).toEqual(wanted(2, (all) => all.length));
  const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0);
  expect(await hourly("sum_over_time(m[2h])")).toEqual(wanted(2, sum));
  expect(await hourly("m")).toEqual(wanted(1, (all) => all[all.length - 1]!));
  expect(await askApi<string[]>(gyre.url, "label/n/values")).toHaveLength(SERIES);
}

test("hours answer the same while their samples age into minutes and hours", async () => {
  await writeAll();
  await checkHours();
  const deadlineMs = performance.now() + WAIT_MS;
  while ((await metricSum(gyre.url, "gyre_storage_blocks_expired_total")) < EXPIRED_MIN) {
    expect(performance.now()).toBeLessThan(deadlineMs);
    await checkHours();
  }
  await checkHours();
});
