/**
 * Remote write 2.0 of a current Prometheus, byte for byte: samples, exemplars and the counts that the
 * sender is told. What came beside the samples outlives kills, and the log that held it.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "#test/support/eventually.ts";
import { GyreProcess } from "#test/support/gyre-process.ts";
import { askApi, queryInstant } from "#test/support/query-api.ts";
import { snappyBody2, type TestSeries2 } from "#test/support/remote-write-2-body.ts";
import { ScratchFolder } from "#test/support/scratch-folder.ts";

interface RecordedRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly series: readonly Required<Pick<TestSeries2, "labels" | "samples" | "exemplars">>[];
}

interface ExemplarAnswer {
  readonly seriesLabels: Readonly<Record<string, string>>;
  readonly exemplars: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly value: string;
    readonly timestamp: number;
  }[];
}

const WAIT_MS = 60_000;
const ARGS = ["--selfScrape.interval", "0", "--storage.shards", "8"];
/** Heads go to blocks at once, so that the log is cut. */
const FLUSHING = [...ARGS, "--storage.headWindow", "1s"];
const folder = new URL("recorded/", import.meta.url);
const request = JSON.parse(
  readFileSync(new URL("symbols-write-request.json", folder), "utf8"),
) as RecordedRequest;
const body = readFileSync(new URL(request.body, folder));

const started = new AsyncDisposableStack();
let data: string;
let gyre: GyreProcess;

beforeAll(async () => {
  data = join(started.use(new ScratchFolder()).path, "data");
  gyre = await GyreProcess.start({ data, args: ARGS });
  started.defer(async () => void (await gyre.end("SIGTERM")));
});

afterAll(() => started.disposeAsync());

async function send(bytes: Uint8Array): Promise<readonly (number | string | null)[]> {
  const { path, headers } = request;
  const payload = bytes as Uint8Array<ArrayBuffer>;
  const response = await fetch(`${gyre.url}${path}`, { method: "POST", headers, body: payload });
  const counts = ["Samples", "Histograms", "Exemplars"].map((kind) =>
    response.headers.get(`X-Prometheus-Remote-Write-${kind}-Written`),
  );
  return [response.status, ...counts];
}

async function restart(signal: NodeJS.Signals, args: readonly string[]): Promise<void> {
  const { port } = gyre;
  await gyre.end(signal);
  gyre = await GyreProcess.start({ data, port, args });
}

/** `name le time value trace`, sorted. */
async function exemplars(): Promise<string[]> {
  const found = await askApi<ExemplarAnswer[]>(gyre.url, "query_exemplars", [
    ["query", '{job="recorded"}'],
  ]);
  return found
    .flatMap(({ seriesLabels, exemplars: all }) =>
      all.map(({ labels, value, timestamp }) =>
        [seriesLabels.__name__, seriesLabels.le, timestamp, value, labels.trace_id].join(" "),
      ),
    )
    .toSorted();
}

function sentExemplars(): string[] {
  return request.series
    .flatMap(({ labels, exemplars: all }) => {
      const { __name__, le } = Object.fromEntries(labels) as Record<string, string>;
      return all.map((one) =>
        [__name__, le, one.timestampMs / 1000, one.value, one.labels[0]![1]].join(" "),
      );
    })
    .toSorted();
}

function ascending(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b);
}

function metadata(): Promise<unknown> {
  return askApi(gyre.url, "metadata");
}

const DESCRIBED = {
  recorded_press_seconds: [{ type: "histogram", unit: "seconds", help: "Time of one stroke." }],
};

test("what the sender is told is what was stored, also when it repeats itself", async () => {
  const samples = request.series.flatMap((one) => one.samples);
  const counts = [204, String(samples.length), "0", String(sentExemplars().length)];
  expect(await send(body)).toEqual(counts);
  expect(await send(body)).toEqual(counts);
  const lastMs = Math.max(...samples.map(([timestampMs]) => timestampMs));
  const { result } = await queryInstant(gyre.url, '{job="recorded"}[1m]', lastMs);
  const values = result.flatMap((series) => series.values!.map(([, value]) => Number(value)));
  expect(ascending(values)).toEqual(ascending(samples.map(([, value]) => value)));
  expect(await exemplars()).toEqual(sentExemplars());
});

test("metadata comes with the series, bad samples spoil nothing, and the sender hears of them", async () => {
  const labels = [
    ["__name__", "recorded_press_seconds_bucket"],
    ["job", "described"],
    ["le", "1"],
  ] as const;
  const described = { type: 3, help: "Time of one stroke.", unit: "seconds" };
  const good: TestSeries2 = { labels, samples: [[1_700_000_100_000, 1]], metadata: described };
  const bad: TestSeries2 = {
    labels,
    samples: [
      [1_600_000_000_000, 1],
      [1_700_000_100_000, 1],
    ],
    exemplars: [{ labels: [["x", "y".repeat(200)]], timestampMs: 1, value: 1 }],
  };
  expect(await send(snappyBody2([good]))).toEqual([204, "1", "0", "0"]);
  expect(await send(snappyBody2([bad]))).toEqual([400, "1", "0", "0"]);
  expect(await metadata()).toEqual(DESCRIBED);
});

test("exemplars and metadata outlive a kill", async () => {
  await restart("SIGKILL", FLUSHING);
  expect(await exemplars()).toEqual(sentExemplars());
  expect(await metadata()).toEqual(DESCRIBED);
});

test("and the log that held them", async () => {
  const segments = (): string[] =>
    readdirSync(join(data, "wal"), { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith("00000001.wal"),
    );
  await eventually("the first segments gone", WAIT_MS, async () =>
    segments().length === 0 ? true : null,
  );
  await restart("SIGKILL", ARGS);
  expect(await exemplars()).toEqual(sentExemplars());
  expect(await metadata()).toEqual(DESCRIBED);
  expect(await send(body)).toEqual([204, expect.any(String), "0", "6"]);
  expect(await exemplars()).toEqual(sentExemplars());
});
