/**
 * Writes the same counters to all servers of a query benchmark by remote write, each body to all of
 * them before the next, oldest samples first.
 */
import { snappyBody } from "#test/support/remote-write-body.ts";
import type { BenchServer } from "../ingest/servers.ts";

export interface CounterLoad {
  readonly series: number;
  readonly samples: number;
  readonly stepMs: number;
  /** Time of the last sample. */
  readonly endMs: number;
}

/** Of a request: long enough that no server spends its time on requests. */
const SERIES_PER_REQUEST = 500;
const SAMPLES_PER_SERIES = 12;
const GROUPS = 100;
const HEADERS: Readonly<Record<string, string>> = {
  "content-encoding": "snappy",
  "content-type": "application/x-protobuf",
  "x-prometheus-remote-write-version": "0.1.0",
};

export async function loadCounters(
  servers: readonly BenchServer[],
  load: CounterLoad,
): Promise<void> {
  for (let round = 0; round < load.samples; round += SAMPLES_PER_SERIES) {
    for (let from = 0; from < load.series; from += SERIES_PER_REQUEST) {
      const body = bodyOf(load, from, round);
      await Promise.all(servers.map((server) => send(server, body)));
    }
  }
}

function bodyOf({ series, samples, stepMs, endMs }: CounterLoad, from: number, round: number) {
  const rows = Math.min(SERIES_PER_REQUEST, series - from);
  const rounds = Math.min(SAMPLES_PER_SERIES, samples - round);
  const startMs = endMs - (samples - 1) * stepMs;
  return snappyBody(
    Array.from({ length: rows }, (_, row) => ({
      labels: labelsOf(from + row),
      samples: Array.from({ length: rounds }, (_unused, at) => {
        const index = round + at;
        return [startMs + index * stepMs, counterAt(from + row, index)] as const;
      }),
    })),
  );
}

function labelsOf(series: number): (readonly [string, string])[] {
  return [
    ["__name__", "m"],
    ["cluster", "eu-1"],
    ["instance", `host-${Math.floor(series / 100)}:9100`],
    ["job", "node"],
    ["path", `/p/${series % 100}`],
    ["x", `group-${series % GROUPS}`],
  ];
}

/**
 * Grows by another amount in every series; some fall once in the hour, far above zero, where
 * releases of Prometheus extrapolate differently.
 */
function counterAt(series: number, index: number): number {
  const fall = series % 10 === 0 && index >= 30 + (series % 200) ? 1e6 : 1e9;
  return fall + index * (5 + (series % 37)) + ((series * 7 + index * 3) % 5);
}

async function send({ port, writePath }: BenchServer, body: Uint8Array): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}${writePath}`, {
    method: "POST",
    headers: HEADERS,
    body: body as Uint8Array<ArrayBuffer>,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`cannot load: got ${response.status} ${text}`);
}
