/**
 * Native histograms over the wire: acknowledged with exact counts, refused one by one with the
 * reason, and answered alike from the head, after a kill, and from blocks.
 */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeHistogram, type HistogramParts } from "#model/histogram/make-histogram.ts";
import { eventually } from "#test/support/eventually.ts";
import { GyreProcess } from "#test/support/gyre-process.ts";
import { histogramMessage } from "#test/support/histogram-message.ts";
import { metricSum } from "#test/support/metric-sum.ts";
import { askApi, queryInstant } from "#test/support/query-api.ts";
import { snappyBody, type TestSeries } from "#test/support/remote-write-body.ts";
import { snappyBody2 } from "#test/support/remote-write-2-body.ts";
import { ScratchFolder } from "#test/support/scratch-folder.ts";

const WAIT_MS = 60_000;
const ARGS = ["--selfScrape.interval", "0", "--storage.shards", "8"];
const FLUSHING = [...ARGS, "--storage.headWindow", "1s"];
/** Whole seconds, so that answers need no rounding. */
const START_MS: number = Math.floor(Date.now() / 1000) * 1000 - 600_000;
const STEP_MS = 15_000;
const STEPS = 20;
const KILLS = 3;
const V2 = "application/x-protobuf;proto=io.prometheus.write.v2.Request";

const started = new AsyncDisposableStack();
let data: string;
let gyre: GyreProcess;

beforeAll(async () => {
  data = join(started.use(new ScratchFolder()).path, "data");
  gyre = await GyreProcess.start({ data, args: ARGS });
  started.defer(async () => void (await gyre.end("SIGTERM")));
});

afterAll(() => started.disposeAsync());

async function restart(signal: NodeJS.Signals, args: readonly string[]): Promise<void> {
  const { port } = gyre;
  await gyre.end(signal);
  gyre = await GyreProcess.start({ data, port, args });
}

interface WriteResult {
  readonly status: number;
  readonly text: string;
  /** Samples and histograms, where the message has the headers. */
  readonly written: readonly (string | null)[];
}

async function send(series: readonly TestSeries[], isV2: boolean): Promise<WriteResult> {
  const body = (isV2 ? snappyBody2(series) : snappyBody(series)) as Uint8Array<ArrayBuffer>;
  const headers = {
    "content-encoding": "snappy",
    "content-type": isV2 ? V2 : "application/x-protobuf",
  };
  const response = await fetch(`${gyre.url}/api/v1/write`, { method: "POST", headers, body });
  const written = ["Samples", "Histograms"].map((kind) =>
    response.headers.get(`X-Prometheus-Remote-Write-${kind}-Written`),
  );
  return { status: response.status, text: await response.text(), written };
}

function sides(counts: readonly number[]): HistogramParts["positive"] & object {
  return {
    indexes: Int32Array.from(counts.keys(), (i) => 2 * i - 1),
    counts: Float64Array.from(counts),
  };
}

/** The histogram of a kind after `n` steps, counting up. */
function messageOf(kind: string, n: number, timestampMs: number): Uint8Array {
  const counts = { positive: sides([n, 2 * n, 1]), negative: sides([n]), zeroCount: 2, sum: 7 * n };
  const total = 4 * n + 3;
  switch (kind) {
    case "integer":
      return histogramMessage(
        makeHistogram({ schema: 2, zeroThreshold: 1e-5, count: total, ...counts }),
        timestampMs,
        true,
      );
    case "float":
      return histogramMessage(
        makeHistogram({ schema: 0, count: total / 2, ...counts, zeroCount: 0.25 }),
        timestampMs,
        false,
      );
    case "gauge":
      return histogramMessage(
        makeHistogram({ counterResetHint: "gauge", count: total, ...counts }),
        timestampMs,
        true,
      );
    default:
      return histogramMessage(
        makeHistogram({
          schema: -53,
          customValues: Float64Array.of(0.1, 1, 10),
          positive: { indexes: Int32Array.of(0, 1, 3), counts: Float64Array.of(n, 1, n) },
          count: 2 * n + 1,
          sum: n,
        }),
        timestampMs,
        true,
      );
  }
}

const KINDS = ["integer", "float", "gauge", "custom"];

function seriesOf(kind: string, job: string, histograms: readonly Uint8Array[]): TestSeries {
  const labels = [
    ["__name__", "press_seconds"],
    ["job", job],
    ["kind", kind],
  ] as const;
  return { labels, samples: [], histograms };
}

const END_MS: number = START_MS + STEPS * STEP_MS;

/** What queries say of a job, in one order. */
async function answers(job: string): Promise<unknown> {
  const selector = `press_seconds{job="${job}"}`;
  const queries = [
    `${selector}[1h]`,
    `histogram_quantile(0.9, rate(${selector}[5m]))`,
    `histogram_count(${selector})`,
  ];
  return Promise.all(
    queries.map(async (query) => {
      const { result } = await queryInstant(gyre.url, query, END_MS);
      return result.toSorted((a, b) => (a.metric["kind"]! < b.metric["kind"]! ? -1 : 1));
    }),
  );
}

let seen: unknown;

test.each([
  ["1.0", false],
  ["2.0", true],
])("message %s: kinds of histograms are stored and counted", async (_, isV2) => {
  const job = isV2 ? "two" : "one";
  for (let n = 1; n <= STEPS; n++) {
    const atMs = START_MS + n * STEP_MS;
    const series = KINDS.map((kind) => seriesOf(kind, job, [messageOf(kind, n, atMs)]));
    const float: TestSeries = { ...seriesOf("float_beside", job, []), samples: [[atMs, n]] };
    const counts = isV2 ? ["1", String(KINDS.length)] : [null, null];
    // Twice: a repetition changes nothing and is stored all the same.
    for (let i = 0; i < 2; i++) {
      expect(await send([...series, float], isV2)).toEqual({
        status: 204,
        text: "",
        written: counts,
      });
    }
  }
  const [matrix, quantile, count] = (await answers(job)) as {
    readonly values?: readonly unknown[];
    readonly histograms?: readonly (readonly [number, { readonly count: string }])[];
    readonly value?: readonly [number, string];
  }[][];
  expect(matrix!.map((one) => (one.histograms ?? one.values)!.length)).toEqual(
    matrix!.map(() => STEPS),
  );
  expect(matrix!.filter((one) => one.histograms !== undefined)).toHaveLength(KINDS.length);
  expect(quantile!).toHaveLength(KINDS.length);
  const totals = [2 * STEPS + 1, (4 * STEPS + 3) / 2, 4 * STEPS + 3, 4 * STEPS + 3];
  expect(count!.map((one) => Number(one.value![1]))).toEqual(totals);
});

test("a stale marker ends the series, and what is wrong is told and spoils nothing", async () => {
  const atMs = END_MS + STEP_MS;
  const stale = histogramMessage({ ...makeHistogram({}), stale: true }, atMs, true);
  const wrong = histogramMessage(makeHistogram({ count: 3, sum: 1 }), atMs, true);
  const result = await send(
    [
      seriesOf("integer", "two", [stale]),
      seriesOf("float", "two", [wrong]),
      seriesOf("gauge", "two", [messageOf("gauge", 1, END_MS)]),
    ],
    true,
  );
  expect(result).toMatchObject({ status: 400, written: ["0", "1"] });
  expect(result.text).toContain(
    "invalid native histogram (count 3, got 0 observations in buckets): " +
      'series press_seconds{job="two", kind="float"}',
  );
  expect(result.text).toContain("duplicate timestamp with another value");
  const query = 'histogram_count(press_seconds{job="two"})';
  const { result: left } = await queryInstant(gyre.url, query, atMs);
  expect(left.map(({ metric }) => String(metric["kind"])).toSorted()).toEqual([
    "custom",
    "float",
    "gauge",
  ]);
  seen = [await answers("one"), await answers("two")];
});

test("answers are the same after a kill, out of blocks, and after one more kill", async () => {
  await restart("SIGKILL", ARGS);
  expect([await answers("one"), await answers("two")]).toEqual(seen);
  await restart("SIGKILL", FLUSHING);
  await eventually("all samples in blocks", WAIT_MS, async () =>
    (await metricSum(gyre.url, "gyre_head_samples")) === 0 ? true : null,
  );
  expect([await answers("one"), await answers("two")]).toEqual(seen);
  await restart("SIGKILL", ARGS);
  expect([await answers("one"), await answers("two")]).toEqual(seen);
});

test("kill -9 under load loses no histogram that was acknowledged", async () => {
  let atMs = START_MS;
  let n = 0;
  const acked = new Map<number, number>();
  for (let kill = 0; kill < KILLS; kill++) {
    const args = kill % 2 === 0 ? ARGS : FLUSHING;
    let isDown = false;
    const load = (async () => {
      while (!isDown) {
        atMs += 1000;
        n++;
        const [at, count] = [atMs, n];
        const series = seriesOf("integer", "killed", [messageOf("integer", count, at)]);
        const { status } = await send([series], n % 2 === 0).catch(() => ({ status: 0 }));
        if (status === 204) acked.set(at, 4 * count + 3);
      }
    })();
    const target = acked.size + 40;
    await eventually("histograms acknowledged", WAIT_MS, async () =>
      acked.size >= target ? true : null,
    );
    const { port } = gyre;
    await gyre.end("SIGKILL");
    isDown = true;
    await load;
    gyre = await GyreProcess.start({ data, port, args });
  }
  const { result } = await askApi<{
    readonly result: readonly {
      readonly histograms: readonly (readonly [number, { readonly count: string }])[];
    }[];
  }>(gyre.url, "query", [
    ["query", 'press_seconds{job="killed"}[2h]'],
    ["time", String((atMs + 1000) / 1000)],
  ]);
  const stored = new Map(
    result[0]!.histograms.map(([seconds, { count }]) => [
      Math.round(1000 * seconds),
      Number(count),
    ]),
  );
  for (const [at, count] of acked) expect([at, stored.get(at)]).toEqual([at, count]);
  expect(acked.size).toBeGreaterThanOrEqual(40 * KILLS);
});
