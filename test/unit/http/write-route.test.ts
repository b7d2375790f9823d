import { afterEach, beforeEach, expect, test } from "vitest";
import { EngineError } from "#base/engine-error.ts";
import { BODY_MALFORMED, DEADLINE_PASSED } from "#storage/storage-errors.ts";
import { VERDICT_TOO_OLD } from "#storage/verdict.ts";
import { Listener, STORED } from "./fake-doors.ts";

let listener: Listener;

beforeEach(async () => {
  listener = await Listener.start();
});

afterEach(() => listener.stop());

function send(body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(listener.url("/api/v1/write"), {
    method: "POST",
    body,
    headers: {
      "content-type": "application/x-protobuf",
      "content-encoding": "snappy",
      "user-agent": "tester/1",
      ...headers,
    },
  });
}

test("the bytes reach the sink as they are and the answer is 204", async () => {
  const body = "0123456789".repeat(50_000);
  const response = await send(body);
  expect(response.status).toBe(204);
  expect(response.headers.get("content-length")).toBeNull();
  const [sink] = listener.appender.sinks;
  expect(sink?.body).toBe(body);
  expect(sink?.declaredBytes).toBe(body.length);
  expect(sink?.state).toBe("submitted");
  expect(sink?.options).toEqual({
    tenant: 0,
    format: "remote-write-1",
    encoding: "snappy",
    sender: "127.0.0.1 tester/1",
  });
});

test("a rejected sample is a 400 in plain text", async () => {
  const rejection = { verdict: VERDICT_TOO_OLD, series: "m", timestampMs: 5, detail: "" };
  listener.appender.answer = () =>
    Promise.resolve({ ...STORED, rejectedCount: 1, rejections: [rejection] });
  const response = await send("x");
  expect(response.status).toBe(400);
  expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  expect(await response.text()).toContain("out of order");
});

test.each([
  [new EngineError(BODY_MALFORMED, "cannot decode the body"), 400, null],
  [new EngineError(DEADLINE_PASSED, "cannot make samples durable: shards 3, 5"), 503, "1"],
  [new Error("bug"), 500, "1"],
] as const)("%s", async (error, status, retryAfter) => {
  listener.appender.answer = () => Promise.reject(error);
  const response = await send("x");
  expect(response.status).toBe(status);
  expect(response.headers.get("retry-after")).toBe(retryAfter);
  expect(listener.logLines).toHaveLength(error instanceof EngineError ? 0 : 1);
});

test("without room for a body the sender is asked to come back", async () => {
  listener.appender.isFull = true;
  const response = await send("x");
  expect(response.status).toBe(503);
  expect(response.headers.get("retry-after")).toBe("1");
});

test("message 2.0 is refused so that the sender falls back", async () => {
  const type = "application/x-protobuf;proto=io.prometheus.write.v2.Request";
  const response = await send("x", { "content-type": type });
  expect(response.status).toBe(415);
  expect(await response.text()).toContain("send remote write 1.0");
  expect(listener.appender.sinks).toEqual([]);
});

test("many requests over few connections each reach their own sink", async () => {
  const bodies = Array.from({ length: 50 }, (_, i) => `body ${i} ${"x".repeat(i * 1000)}`);
  const responses = await Promise.all(bodies.map((body) => send(body)));
  expect(responses.every((response) => response.status === 204)).toBe(true);
  expect(listener.appender.sinks.map((sink) => sink.body).sort()).toEqual([...bodies].sort());
});
