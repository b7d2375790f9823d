/**
 * Clients that are slow, large, malformed, too many or gone.
 * Covers: src/http/receive-body.ts, src/http/refuse-malformed.ts, src/http/send-answer.ts
 * Covers: src/http/connection-table.ts
 */
import { afterEach, expect, test } from "vitest";
import { HEADER_BYTES_MAX, LINGER_MS } from "#http/http-limits.ts";
import { Listener } from "./fake-doors.ts";
import { RawClient } from "./raw-client.ts";

let running: Listener[] = [];

async function start(options: Parameters<typeof Listener.start>[0] = {}): Promise<Listener> {
  const listener = await Listener.start(options);
  running.push(listener);
  return listener;
}

afterEach(async () => {
  await Promise.all(running.map((listener) => listener.stop()));
  running = [];
});

function post(...lines: string[]): string {
  return ["POST /api/v1/write HTTP/1.1", "host: x", ...lines, "", ""].join("\r\n");
}

async function sinkOpened(listener: Listener): Promise<void> {
  await expect.poll(() => listener.appender.sinks.length).toBe(1);
}

test("a declared size over the limit is answered before any byte of the body", async () => {
  const listener = await start();
  const client = await RawClient.connect(listener.port);
  client.send(post("content-length: 4294967296"));
  const answer = await client.wait((c) => c.received.includes("want at most"));
  expect(answer).toMatch(/^HTTP\/1.1 413 /);
  expect(answer).toContain("connection: close");
  expect(listener.appender.sinks).toEqual([]);
  // The client keeps sending; it has its answer and gets only so much more time.
  client.send("x".repeat(1000));
  listener.timers.fire(LINGER_MS);
  await client.closed();
});

test("a body that grows over the limit is cut off and its sink given back", async () => {
  const listener = await start({ bodyBytesMax: 1000 });
  const client = await RawClient.connect(listener.port);
  client.send(post("transfer-encoding: chunked"));
  await sinkOpened(listener);
  // Nothing was declared: the sink grows as the body comes.
  expect(listener.appender.sinks[0]?.declaredBytes).toBe(0);
  client.send(`400\r\n${"x".repeat(0x400)}\r\n`);
  expect(await client.wait((c) => c.received.includes("want at most"))).toMatch(/^HTTP\/1.1 413 /);
  expect(listener.appender.sinks[0]?.state).toBe("aborted");
});

test("the appender's own refusal of a chunk is a 413", async () => {
  const listener = await start();
  listener.appender.bodyBytesMax = 10;
  const response = await fetch(listener.url("/api/v1/write"), {
    method: "POST",
    body: new Blob(["x".repeat(11)]).stream(),
    duplex: "half",
  } as RequestInit);
  expect(response.status).toBe(413);
  expect(listener.appender.sinks[0]?.state).toBe("aborted");
});

test("a body that does not arrive in time is answered 408", async () => {
  const listener = await start({ bodyTimeoutMs: 4321 });
  const client = await RawClient.connect(listener.port);
  client.send(`${post("content-length: 100")}some`);
  await expect.poll(() => listener.appender.sinks[0]?.body).toBe("some");
  listener.timers.fire(4321);
  const answer = await client.wait((c) => c.received.includes("no end"));
  expect(answer).toMatch(/^HTTP\/1.1 408 /);
  expect(listener.appender.sinks[0]?.state).toBe("aborted");
});

test("headers that do not arrive in time end the connection", async () => {
  const listener = await start({ headersTimeoutMs: 30, bodyTimeoutMs: 30 });
  const client = await RawClient.connect(listener.port);
  client.send("GET / HTTP/1.1\r\nhost:");
  expect(await client.closed()).toMatch(/^HTTP\/1.1 408 /);
});

test("a client that leaves inside its body costs nothing", async () => {
  const listener = await start();
  const client = await RawClient.connect(listener.port);
  client.send(`${post("content-length: 100")}some`);
  await sinkOpened(listener);
  client.destroy();
  await expect.poll(() => listener.appender.sinks[0]?.state).toBe("aborted");
  expect(listener.logLines).toEqual([]);
});

test("a malformed chunk ends the request and its sink", async () => {
  const listener = await start();
  const client = await RawClient.connect(listener.port);
  client.send(post("transfer-encoding: chunked"));
  await sinkOpened(listener);
  client.send("zz\r\n");
  expect(await client.closed()).toMatch(/^HTTP\/1.1 400 /);
  await expect.poll(() => listener.appender.sinks[0]?.state).toBe("aborted");
});

test.each([
  ["no HTTP", "hello\r\n\r\n", 400],
  ["two lengths", post("content-length: 1", "content-length: 2"), 400],
  ["length and chunks", post("content-length: 1", "transfer-encoding: chunked"), 400],
  ["a negative length", post("content-length: -1"), 400],
  ["no host", "GET / HTTP/1.1\r\n\r\n", 400],
  ["a path without slash", "GET http://x/ HTTP/1.1\r\nhost: x\r\n\r\n", 400],
  ["huge headers", `GET / HTTP/1.1\r\na: ${"x".repeat(HEADER_BYTES_MAX)}`, 431],
  ["a strange expectation", post("expect: the unexpected", "content-length: 1"), 417],
] as const)("%s is refused", async (_name, bytes, status) => {
  const listener = await start();
  const client = await RawClient.connect(listener.port);
  client.send(bytes);
  const answer = await client.wait((c) => c.received.includes("\r\n\r\n"));
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  client.destroy();
});

test("a client that asks first is told to go on, or not", async () => {
  const listener = await start({ bodyBytesMax: 10 });
  const good = await RawClient.connect(listener.port);
  good.send(post("expect: 100-continue", "content-length: 2"));
  await good.wait((c) => c.received.startsWith("HTTP/1.1 100 "));
  good.send("ab");
  await good.wait((c) => c.received.includes("204 No Content"));
  const bad = await RawClient.connect(listener.port);
  bad.send(post("expect: 100-continue", "content-length: 11"));
  const answer = await bad.wait((c) => c.received.includes("\r\n\r\n"));
  expect(answer).toMatch(/^HTTP\/1.1 413 /);
  good.destroy();
  bad.destroy();
});

test("a small body that was not read does not cost the connection", async () => {
  const listener = await start();
  const client = await RawClient.connect(listener.port);
  client.send(`${post("content-type: text/plain", "content-length: 4")}some`);
  await client.wait((c) => c.received.includes("415"));
  client.send("GET /-/healthy HTTP/1.1\r\nhost: x\r\n\r\n");
  expect(await client.wait((c) => c.received.includes("healthy"))).not.toContain("close");
  client.destroy();
});

test("connections over the limit are dropped", async () => {
  const listener = await start({ connectionsMax: 2 });
  const clients = [await RawClient.connect(listener.port), await RawClient.connect(listener.port)];
  const third = await RawClient.connect(listener.port);
  await third.closed();
  expect(listener.dropped).toBe(1);
  for (const client of clients) client.destroy();
});

test("idle connections make room for new ones", async () => {
  const listener = await start({ connectionsMax: 3 });
  const idle = await RawClient.connect(listener.port);
  idle.send("GET /-/healthy HTTP/1.1\r\nhost: x\r\n\r\n");
  await idle.wait((c) => c.received.includes("healthy"));
  const others: RawClient[] = [];
  for (let i = 0; i < 2; i++) others.push(await RawClient.connect(listener.port));
  await idle.closed();
  for (const client of others) client.send("GET /-/healthy HTTP/1.1\r\nhost: x\r\n\r\n");
  for (const client of others) await client.wait((c) => c.received.includes("healthy"));
  for (const client of others) client.destroy();
});
