/**
 * Connections of senders, byte by byte: what stays in the lane and what node:http gets.
 * Covers: src/http/lane-connection.ts, src/http/raw-answer.ts, src/http/body-answer.ts
 * Covers: src/http/sender-of.ts
 */
import { afterEach, expect, test } from "vitest";
import { LINGER_BYTES_MAX } from "#http/http-limits.ts";
import { Listener, STORED } from "./fake-doors.ts";
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

function post(body: string, ...lines: string[]): string {
  const length = `content-length: ${body.length}`;
  return ["POST /api/v1/write HTTP/1.1", "Host: x", length, ...lines, "", body].join("\r\n");
}

function answers(client: RawClient): number {
  return client.received.split("HTTP/1.1 204 ").length - 1;
}

test("requests of one connection follow each other, also those sent without waiting", async () => {
  const listener = await start();
  const client = await RawClient.connect(listener.port);
  client.send(post("first"));
  await client.wait((c) => answers(c) === 1);
  client.send(post("second") + post("third") + post("fourth"));
  const received = await client.wait((c) => answers(c) === 4);
  expect(listener.appender.sinks.map((sink) => sink.body)).toEqual([
    "first",
    "second",
    "third",
    "fourth",
  ]);
  expect(received).toMatch(/^x-content-type-options: nosniff$/m);
  expect(received).toMatch(/^Keep-Alive: timeout=120\r$/m);
  expect(received).not.toMatch(/content-length/i);
  expect(listener.answered).toEqual(Array(4).fill({ route: "/api/v1/write", status: 204 }));
});

test("a body arrives in any pieces, and the next request in the last of them", async () => {
  const listener = await start();
  const client = await RawClient.connect(listener.port);
  const text = post("0123456789");
  client.send(text.slice(0, -6));
  await expect.poll(() => listener.appender.sinks[0]?.body).toBe("0123");
  client.send(text.slice(-6, -2));
  await expect.poll(() => listener.appender.sinks[0]?.body).toBe("01234567");
  client.send(text.slice(-2) + post("abc"));
  await client.wait((c) => answers(c) === 2);
  expect(listener.appender.sinks.map((sink) => sink.body)).toEqual(["0123456789", "abc"]);
  expect(listener.timers.pending).toEqual([]);
});

const OTHERS: readonly (readonly [string, string])[] = [
  ["another route", "GET /-/healthy HTTP/1.1\r\nhost: x\r\n\r\n"],
  [
    "a body in chunks",
    "POST /api/v1/write HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1\r\nz\r\n0\r\n\r\n",
  ],
  ["no body", "POST /api/v1/write HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n"],
  ["an odd value", post("z", "x-name: caf\u00e9")],
  ["a header twice", post("z", "x-a: 1", "X-A: 2")],
];

for (const [what, request] of OTHERS) {
  test(`${what} goes on with node:http, whatever came before and comes after`, async () => {
    const listener = await start();
    const client = await RawClient.connect(listener.port);
    client.send(post("a") + Buffer.from(request, "latin1").toString("latin1"));
    await client.wait((c) => c.received.split("HTTP/1.1 20").length === 3);
    client.send(post("b"));
    await client.wait((c) => c.received.split("HTTP/1.1 20").length === 4);
    const bodies = listener.appender.sinks.map((sink) => sink.body);
    expect([bodies[0], bodies.at(-1)]).toEqual(["a", "b"]);
    expect(listener.appender.sinks.every((sink) => sink.state === "submitted")).toBe(true);
    expect(listener.answered).toHaveLength(3);
  });
}

test("a head in pieces is read by node:http", async () => {
  const listener = await start();
  const client = await RawClient.connect(listener.port);
  const text = post("abc");
  client.send(text.slice(0, 30));
  await new Promise((resolve) => setTimeout(resolve, 20));
  client.send(text.slice(30));
  await client.wait((c) => answers(c) === 1);
  expect(listener.appender.sinks[0]?.body).toBe("abc");
});

test("a client that has said all it has to say still gets its answer", async () => {
  const listener = await start();
  let stored = (): void => {};
  listener.appender.answer = () =>
    new Promise((resolve) => {
      stored = () => resolve(STORED);
    });
  const client = await RawClient.connect(listener.port);
  client.send(post("abc")).end();
  await expect.poll(() => listener.appender.sinks[0]?.state).toBe("submitted");
  stored();
  expect(await client.closed()).toMatch(/^HTTP\/1.1 204 [^]*Connection: close\r\n/);
});

test("a client that leaves before its answer leaves nothing open", async () => {
  const listener = await start();
  let stored = (): void => {};
  listener.appender.answer = () =>
    new Promise((resolve) => {
      stored = () => resolve(STORED);
    });
  const client = await RawClient.connect(listener.port);
  client.send(post("abc"));
  await expect.poll(() => listener.appender.sinks[0]?.state).toBe("submitted");
  client.destroy();
  await new Promise((resolve) => setTimeout(resolve, 20));
  stored();
  await expect.poll(() => listener.answered.length).toBe(1);
  expect(listener.timers.pending).toEqual([]);
});

test("a refused body is read a little further, then the connection is cut", async () => {
  const listener = await start();
  listener.appender.bodyBytesMax = 10;
  const client = await RawClient.connect(listener.port);
  client.send("POST /api/v1/write HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nab");
  await expect.poll(() => listener.appender.sinks[0]?.body).toBe("ab");
  listener.appender.bodyBytesMax = 3;
  client.send("cde");
  expect(await client.wait((c) => c.received.includes("\r\n\r\n"))).toMatch(/^HTTP\/1.1 413 /);
  expect(listener.appender.sinks[0]?.state).toBe("aborted");
  client.send("x".repeat(LINGER_BYTES_MAX + 1));
  await client.closed();
});

test("closing ends idle connections at once and others after their answer", async () => {
  const listener = await Listener.start();
  let stored = (): void => {};
  const idle = await RawClient.connect(listener.port);
  idle.send(post("a"));
  await idle.wait((c) => answers(c) === 1);
  listener.appender.answer = () =>
    new Promise((resolve) => {
      stored = () => resolve(STORED);
    });
  const busy = await RawClient.connect(listener.port);
  busy.send(post("b"));
  await expect.poll(() => listener.appender.sinks[1]?.state).toBe("submitted");
  const closed = listener.server.close(1000);
  await idle.closed();
  stored();
  expect(await busy.closed()).toContain("Connection: close");
  await closed;
});
