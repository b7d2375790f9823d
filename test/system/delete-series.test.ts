/**
 * Deleting series of a node that holds some of their samples in memory and some in blocks: gone when
 * the answer comes, gone after a kill, and gone from the disk when tombstones are cleaned. What is
 * written later under the same labels stays.
 * Covers: cluster/roles/shard-deletions.ts, src/http/api-v1/admin.ts
 */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { GyreProcess } from "#test/support/gyre-process.ts";
import { askApi, queryInstant } from "#test/support/query-api.ts";
import { snappyBody, type TestSeries } from "#test/support/remote-write-body.ts";
import { ScratchFolder } from "#test/support/scratch-folder.ts";

const SERIES = 60;
const SAMPLES = 30;
const STEP_MS = 60_000;
const ARGS = [
  ...["--storage.headWindow", "1h", "--storage.shards", "8"],
  ...["--selfScrape.interval", "0", "--http.adminApi", "on"],
];

const started = new AsyncDisposableStack();
const nowMs = Math.floor(Date.now() / STEP_MS) * STEP_MS;
const startMs = nowMs - 3 * SAMPLES * STEP_MS;
let data: string;
let gyre: GyreProcess;

beforeAll(async () => {
  data = join(started.use(new ScratchFolder()).path, "data");
  gyre = await GyreProcess.start({ data, args: ARGS });
  started.defer(async () => void (await gyre.end("SIGTERM")));
});

afterAll(() => started.disposeAsync());

async function write(round: number): Promise<void> {
  const series = Array.from({ length: SERIES }, (_, i): TestSeries => {
    const first = startMs + round * SAMPLES * STEP_MS;
    return {
      labels: [
        ["__name__", "m"],
        ["instance", `h${i % 6}`],
        ["n", String(i)],
      ],
      samples: Array.from({ length: SAMPLES }, (_sample, at) => [first + at * STEP_MS, i] as const),
    };
  });
  const response = await fetch(`${gyre.url}/api/v1/write`, {
    method: "POST",
    headers: { "content-type": "application/x-protobuf", "content-encoding": "snappy" },
    body: snappyBody(series) as Uint8Array<ArrayBuffer>,
  });
  expect(response.status).toBe(204);
}

async function admin(what: string, params: Readonly<Record<string, string>> = {}): Promise<number> {
  const url = `${gyre.url}/api/v1/admin/tsdb/${what}`;
  const response = await fetch(url, { method: "POST", body: new URLSearchParams(params) });
  await response.text();
  return response.status;
}

/** Samples of each instance. */
async function counts(): Promise<Record<string, number>> {
  const query = "sum by (instance) (count_over_time(m[1d]))";
  const { result } = await queryInstant(gyre.url, query, nowMs);
  return Object.fromEntries(
    result.map(({ metric, value }) => [metric.instance!, Number(value![1])]),
  );
}

const PER_INSTANCE = (SERIES / 6) * SAMPLES;

test("what is deleted is gone at once, wherever it was", async () => {
  await write(0);
  // Cuts and flushes what is there, and hides nothing that anybody wrote.
  expect(await admin("delete_series", { "match[]": 'm{instance="h0"}' })).toBe(204);
  await write(1);
  const [h0, h1] = [PER_INSTANCE, 2 * PER_INSTANCE];
  expect(await counts()).toEqual({ h0, h1, h2: h1, h3: h1, h4: h1, h5: h1 });
  // Of both rounds, in blocks and in memory.
  const middle = {
    start: String((startMs + (SAMPLES / 2) * STEP_MS) / 1000),
    end: String((startMs + (SAMPLES + SAMPLES / 2 - 1) * STEP_MS) / 1000),
  };
  expect(await admin("delete_series", { "match[]": 'm{instance="h1"}', ...middle })).toBe(204);
  const left = { h0, h1: PER_INSTANCE, h2: h1, h3: h1, h4: h1, h5: h1 };
  expect(await counts()).toEqual(left);
  const whole = { "match[]": 'm{instance=~"h[23]"}' };
  expect(await admin("delete_series", whole)).toBe(204);
  const rest = { h0, h1: PER_INSTANCE, h4: h1, h5: h1 };
  expect(await counts()).toEqual(rest);
  expect(await askApi(gyre.url, "label/instance/values")).toEqual(["h0", "h1", "h4", "h5"]);
});

test("a deletion survives a kill, and cleaning changes no answer", async () => {
  const before = await counts();
  const { port } = gyre;
  await gyre.end("SIGKILL");
  gyre = await GyreProcess.start({ data, port, args: ARGS });
  expect(await counts()).toEqual(before);
  expect(await admin("clean_tombstones")).toBe(204);
  expect(await counts()).toEqual(before);
  await write(2);
  const after = await counts();
  expect(after.h2).toBe(PER_INSTANCE);
  expect(after.h5).toBe(3 * PER_INSTANCE);
});
