/**
 * A node that keeps little in memory: samples move to blocks while they are written and read, and
 * every answer is as if they had stayed. A restart changes nothing; a damaged block is named once
 * and set aside.
 */
import { openSync, readdirSync, writeSync, closeSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "#test/support/eventually.ts";
import { GyreProcess } from "#test/support/gyre-process.ts";
import { askApi, queryInstant } from "#test/support/query-api.ts";
import { pointsOf } from "#test/support/query-compare.ts";
import { snappyBody, type TestSeries } from "#test/support/remote-write-body.ts";
import { ScratchFolder } from "#test/support/scratch-folder.ts";

const SERIES = 200;
const ROUNDS = 12;
/** Samples of one round; rounds follow each other in time. */
const ROUND_SAMPLES = 20;
const STEP_MS = 60_000;
const WAIT_MS = 60_000;
const HEAD = ["--storage.headWindow", "1s", "--selfScrape.interval", "0", "--storage.shards", "8"];

const started = new AsyncDisposableStack();
const nowMs = Math.floor(Date.now() / STEP_MS) * STEP_MS;
const startMs = nowMs - ROUNDS * ROUND_SAMPLES * STEP_MS;
let data: string;
let gyre: GyreProcess;
let written = 0;

beforeAll(async () => {
  data = join(started.use(new ScratchFolder()).path, "data");
  gyre = await GyreProcess.start({ data, args: HEAD });
  started.defer(async () => void (await gyre.end("SIGTERM")));
});

afterAll(() => started.disposeAsync());

function labelsOf(i: number): [string, string][] {
  return [
    ["__name__", i % 2 === 0 ? "requests_total" : "errors_total"],
    ["instance", `host-${i % 10}`],
    ["job", "api"],
    ["path", `/p${i}`],
  ];
}

function valueAt(series: number, sample: number): number {
  return series * 1000 + sample;
}

/** All samples of the next round; each is acknowledged when this resolves. */
async function writeRound(): Promise<void> {
  const series = Array.from({ length: SERIES }, (_, i): TestSeries => {
    const samples = Array.from({ length: ROUND_SAMPLES }, (_sample, row) => {
      const at = written + row;
      return [startMs + at * STEP_MS, valueAt(i, at)] as const;
    });
    return { labels: labelsOf(i), samples };
  });
  const response = await fetch(`${gyre.url}/api/v1/write`, {
    method: "POST",
    headers: { "content-type": "application/x-protobuf", "content-encoding": "snappy" },
    body: snappyBody(series) as Uint8Array<ArrayBuffer>,
  });
  expect(response.status).toBe(204);
  written += ROUND_SAMPLES;
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${gyre.url}/metrics`)).text();
  return text
    .split("\n")
    .filter((line) => line.startsWith(name))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}

/** Everything written so far, exactly once, and labels as written. */
async function checkAnswers(): Promise<void> {
  const { result } = await queryInstant(gyre.url, `{job="api"}[${ROUNDS * ROUND_SAMPLES}m]`, nowMs);
  expect(result).toHaveLength(SERIES);
  for (const series of result) {
    const i = Number(series.metric.path?.slice(2));
    const want = Array.from({ length: written }, (_, at) => [
      (startMs + at * STEP_MS) / 1000,
      String(valueAt(i, at)),
    ]);
    // The range is open at its start.
    expect(pointsOf(series).map(([seconds, value]) => [seconds, value])).toEqual(want.slice(1));
  }
  const count = await queryInstant(gyre.url, `count_over_time(requests_total[1w])`, nowMs);
  expect(new Set(count.result.map(({ value }) => value?.[1]))).toEqual(new Set([String(written)]));
  expect(await askApi(gyre.url, "label/job/values")).toEqual(["api"]);
  expect(await askApi(gyre.url, "labels")).toEqual(["__name__", "instance", "job", "path"]);
  const paths = await askApi<string[]>(gyre.url, "label/path/values");
  expect(paths).toHaveLength(SERIES);
  const series = await askApi<unknown[]>(gyre.url, "series", [["match[]", '{instance="host-3"}']]);
  expect(series).toHaveLength(SERIES / 10);
}

test("answers stay the same while samples move from memory to blocks", async () => {
  for (let round = 0; round < ROUNDS; round++) {
    await writeRound();
    await checkAnswers();
  }
  await eventually("everything in blocks", WAIT_MS, async () =>
    (await metric("gyre_storage_flushed_samples_total")) >= SERIES * written ? true : null,
  );
  await checkAnswers();
  expect(await metric("gyre_storage_blocks{")).toBeGreaterThan(8);
});

test("answers stay the same over a restart, and over a kill", async () => {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    const { port } = gyre;
    await gyre.end(signal);
    gyre = await GyreProcess.start({ data, port, args: HEAD });
    await checkAnswers();
  }
});

test("a damaged block is named by the query that meets it, and set aside", async () => {
  const shards = join(data, "shards");
  const files = readdirSync(shards).flatMap((shard) =>
    readdirSync(join(shards, shard, "blocks")).map((name) => join(shards, shard, "blocks", name)),
  );
  const damaged = files[0]!;
  const { port } = gyre;
  await gyre.end("SIGTERM");
  const file = openSync(damaged, "r+");
  writeSync(file, Buffer.alloc(16, 0x55), 0, 16, 8);
  closeSync(file);
  gyre = await GyreProcess.start({ data, port, args: HEAD });
  const selector = `count_over_time({job="api"}[1w])`;
  const failing = queryInstant(gyre.url, selector, nowMs);
  await expect(failing).rejects.toThrow(damaged.slice(damaged.lastIndexOf("shards/")));
  const result = await eventually("an answer without the block", WAIT_MS, async () => {
    try {
      return (await queryInstant(gyre.url, selector, nowMs)).result;
    } catch {
      return null;
    }
  });
  expect(result.length).toBeGreaterThan(SERIES / 2);
  expect(await metric("gyre_storage_blocks_quarantined_total")).toBe(1);
});
