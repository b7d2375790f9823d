import { afterEach, beforeEach, expect, test } from "vitest";
import type { AnswerRest } from "#http/doors.ts";
import { STREAM_STALL_MS } from "#http/http-limits.ts";
import { Listener } from "./fake-doors.ts";
import { RawClient } from "./raw-client.ts";

let listener: Listener;
let ended: string[] = [];

beforeEach(async () => {
  listener = await Listener.start();
  ended = [];
});

afterEach(() => listener.stop());

function stream(parts: readonly (Uint8Array | Error)[]): void {
  let at = 0;
  const rest: AnswerRest = {
    next: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      const part = parts[at++] ?? null;
      if (part instanceof Error) throw part;
      if (part === null) ended.push("read");
      return part;
    },
    close: () => void ended.push("closed"),
  };
  const headers = { "content-type": "text/plain" };
  listener.api.answer = async () => ({
    status: 200,
    headers,
    body: Buffer.from("first,"),
    rest,
  });
}

const PATH = "/api/v1/export?match[]=a";

test("parts arrive in order and the end is the end", async () => {
  stream(["a", "b", "c"].map((text) => Buffer.from(text)));
  const response = await fetch(listener.url(PATH));
  expect(response.status).toBe(200);
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  expect(await response.text()).toBe("first,abc");
  expect(ended).toEqual(["read", "closed"]);
});

test("a rest that fails breaks the answer off, and our log says why", async () => {
  stream([Buffer.from("a"), new Error("disk on fire")]);
  const response = await fetch(listener.url(PATH));
  await expect(response.text()).rejects.toThrow();
  expect(listener.logLines).toMatchObject([{ message: "answer broke off" }]);
});

test("a client that goes away or takes nothing ends the rest", async () => {
  const part = Buffer.alloc(64 * 1024);
  const endless = Array.from({ length: 10_000 }, () => part);
  for (const how of ["goes away", "takes nothing"]) {
    ended = [];
    stream(endless);
    const client = await RawClient.connect(listener.port);
    client.pause().send(`GET ${PATH} HTTP/1.1\r\nhost: x\r\n\r\n`);
    const isStalled = (): boolean =>
      listener.timers.pending.some(({ delayMs }) => delayMs === STREAM_STALL_MS);
    while (!isStalled()) await new Promise((resolve) => setImmediate(resolve));
    if (how === "goes away") client.destroy();
    else listener.timers.fire(STREAM_STALL_MS);
    while (ended.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(ended).toEqual(["closed"]);
    client.destroy();
  }
});

test("HEAD reads nothing", async () => {
  stream([Buffer.from("a")]);
  const response = await fetch(listener.url(PATH), { method: "HEAD" });
  expect(response.status).toBe(200);
  expect(ended).toEqual(["closed"]);
});
