/**
 * Requests from `recorded/`, byte for byte and header for header as they went over the wire. Samples
 * of 1970 are welcome in a series that has none yet, and are found at their time.
 */
import { readFileSync } from "node:fs";
import { zstdDecompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { GyreProcess } from "#test/support/gyre-process.ts";
import { askApi, queryInstant, secondsText } from "#test/support/query-api.ts";
import { encodeWriteRequest } from "#test/support/remote-write-body.ts";
import type { TestSeries } from "#test/support/remote-write-body.ts";
import { ScratchFolder } from "#test/support/scratch-folder.ts";

interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** File name of the body. */
  readonly body: string;
  /** What is in the body. */
  readonly series: readonly TestSeries[];
}

const folder = new URL("recorded/", import.meta.url);
const request = JSON.parse(
  readFileSync(new URL("zstd-write-request.json", folder), "utf8"),
) as RecordedRequest;
const body = readFileSync(new URL(request.body, folder));

async function send(url: string): Promise<Response> {
  const { method, path, headers } = request;
  return fetch(`${url}${path}`, { method, headers, body });
}

test("the recorded body is what its description says", () => {
  expect(body.readUInt32LE(0), "magic number of zstd").toBe(0xfd2fb528);
  const message = new Uint8Array(zstdDecompressSync(body));
  expect(message).toEqual(encodeWriteRequest(request.series));
});

test("a zstd request of a current vmagent is stored, and found at its time", async () => {
  using data = new ScratchFolder();
  const node = await GyreProcess.start({ data: data.path });
  try {
    expect((await send(node.url)).status).toBe(204);
    await expectStored(node.url);
    // Senders repeat what they have no answer to.
    expect((await send(node.url)).status).toBe(204);
    await expectStored(node.url);
  } finally {
    await node.end("SIGTERM");
  }
  const again = await GyreProcess.start({ data: data.path });
  try {
    await expectStored(again.url);
  } finally {
    await again.end("SIGTERM");
  }
});

async function expectStored(url: string): Promise<void> {
  const timesMs = request.series.flatMap(({ samples }) => samples.map(([timeMs]) => timeMs));
  const lastMs = Math.max(...timesMs);
  const raw = await queryInstant(url, '{job="recorded"}[10m]', lastMs);
  const stored = raw.result.map(({ metric, values }) => [
    metric,
    values!.map(([seconds, value]) => [Math.round(seconds * 1000), Number(value)]),
  ]);
  const sent = request.series.map(({ labels, samples }) => [Object.fromEntries(labels), samples]);
  expect(stored).toHaveLength(sent.length);
  expect(stored).toEqual(expect.arrayContaining(sent));
  const rate = await queryInstant(url, "sum(increase(recorded_parts_total[1m]))", lastMs);
  expect(Number(rate.result[0]!.value![1])).toBeGreaterThan(5);
  const range = [
    ["start", secondsText(0)],
    ["end", secondsText(lastMs)],
  ] as const;
  expect(await askApi(url, "label/place/values", range)).toEqual(["Halle 3, Süd"]);
}
