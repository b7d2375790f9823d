// Covers: src/http/stream-body.ts
import { gzipSync, zstdCompressSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { IMPORTS_IN_FLIGHT_MAX } from "#http/http-limits.ts";
import { Listener } from "./fake-doors.ts";
import { RawClient } from "./raw-client.ts";

const BODY_TIMEOUT_MS = 4321;

let listener: Listener;

beforeEach(async () => {
  listener = await Listener.start({ bodyTimeoutMs: BODY_TIMEOUT_MS });
});

afterEach(() => listener.stop());

function send(path: string, body: Uint8Array | string, headers = {}): Promise<Response> {
  return fetch(listener.url(path), { method: "POST", body: Buffer.from(body), headers });
}

const LINE = '{"metric":{"__name__":"up"},"values":[1],"timestamps":[5]}\n';

test.each([
  ["/api/v1/import", LINE],
  ["/api/v1/import/prometheus?timestamp=5", "up 1\n"],
  ["/api/v1/import/csv?format=1:metric:up,2:time:unix_ms", "1,5\n"],
])("%s stores the same sample", async (path, body) => {
  expect((await send(path, body)).status).toBe(204);
  const [sink] = listener.appender.sinks;
  expect(sink?.state).toBe("submitted");
  expect(sink?.options).toMatchObject({ isHistory: true, encoding: "identity" });
  const series = "0a0e0a085f5f6e616d655f5f12027570";
  expect(Buffer.concat(sink!.chunks).toString("hex")).toBe(
    `0a1d${series}120b09000000000000f03f1005`,
  );
});

test("compressed bodies are read, broken ones refused", async () => {
  const lines = Buffer.from(LINE.repeat(1000));
  const gzip = gzipSync(lines);
  expect((await send("/api/v1/import", gzip, { "content-encoding": "gzip" })).status).toBe(204);
  const zstd = zstdCompressSync(lines);
  expect((await send("/api/v1/import", zstd, { "content-encoding": "zstd" })).status).toBe(204);
  const cut = await send("/api/v1/import", gzip.subarray(0, 20), { "content-encoding": "gzip" });
  expect(cut.status).toBe(400);
  expect(await cut.text()).toContain("cannot read the request body");
  const other = await send("/api/v1/import", lines, { "content-encoding": "br" });
  expect(other.status).toBe(415);
});

test.each([
  ["/api/v1/import/csv?format=x", "cannot read format"],
  ["/api/v1/import/prometheus?timestamp=x", "cannot read timestamp"],
  ["/api/v1/import?extra_label=x", "cannot read extra_label"],
])("%s is refused before anything is stored", async (path, cause) => {
  const response = await send(path, "");
  expect(response.status).toBe(400);
  expect(await response.text()).toContain(cause);
});

test("a silent client is told so, one that went away ends the import", async () => {
  const head = "POST /api/v1/import HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n";
  const silent = await RawClient.connect(listener.port);
  silent.send(head + LINE);
  while (!listener.timers.pending.some(({ delayMs }) => delayMs === BODY_TIMEOUT_MS)) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  listener.timers.fire(BODY_TIMEOUT_MS);
  expect(await silent.wait(({ received }) => received.includes("and no end"))).toContain("408");
  silent.destroy();

  const gone = await RawClient.connect(listener.port);
  gone.send(head + LINE);
  while (!listener.timers.pending.some(({ delayMs }) => delayMs === BODY_TIMEOUT_MS)) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  gone.destroy();
  while (listener.answered.length < 2) await new Promise((resolve) => setImmediate(resolve));
  expect(listener.logLines).toEqual([]);
  expect(listener.appender.sinks).toEqual([]);
});

test("only so many imports are under way at a time", async () => {
  const head = "POST /api/v1/import HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n";
  const clients: RawClient[] = [];
  for (let i = 0; i < IMPORTS_IN_FLIGHT_MAX; i++) {
    clients.push((await RawClient.connect(listener.port)).send(head + LINE));
  }
  const isWaiting = ({ delayMs }: { delayMs: number }): boolean => delayMs === BODY_TIMEOUT_MS;
  while (listener.timers.pending.filter(isWaiting).length < IMPORTS_IN_FLIGHT_MAX) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  const refused = await send("/api/v1/import", LINE);
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
  clients[0]!.destroy();
  while (listener.answered.length < 2) await new Promise((resolve) => setImmediate(resolve));
  expect((await send("/api/v1/import", LINE)).status).toBe(204);
  for (const client of clients) client.destroy();
});
