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

const VERSION_2 = { "content-type": "application/x-protobuf;proto=io.prometheus.write.v2.Request" };

/** Samples, histograms, exemplars. */
function counts(response: Response): readonly (string | null)[] {
  return ["samples", "histograms", "exemplars"].map((kind) =>
    response.headers.get(`x-prometheus-remote-write-${kind}-written`),
  );
}

test("message 2.0 hears on every answer what was written", async () => {
  const written = { ...STORED, samplesWritten: 7, histogramsWritten: 2, exemplarsWritten: 3 };
  listener.appender.answer = () => Promise.resolve(written);
  const whole = await send("x", VERSION_2);
  expect([whole.status, ...counts(whole)]).toEqual([204, "7", "2", "3"]);
  expect(listener.appender.sinks[0]?.options.format).toBe("remote-write-2");
  const rejection = { verdict: VERDICT_TOO_OLD, series: "m", timestampMs: 5, detail: "" };
  listener.appender.answer = () =>
    Promise.resolve({ ...written, rejectedCount: 1, rejections: [rejection] });
  const partial = await send("x", VERSION_2);
  expect([partial.status, ...counts(partial)]).toEqual([400, "7", "2", "3"]);
  listener.appender.answer = () => Promise.reject(new EngineError(BODY_MALFORMED, "cannot"));
  const malformed = await send("x", VERSION_2);
  expect([malformed.status, ...counts(malformed)]).toEqual([400, "0", "0", "0"]);
  listener.appender.isFull = true;
  const full = await send("x", VERSION_2);
  expect([full.status, ...counts(full)]).toEqual([503, "0", "0", "0"]);
  expect(full.headers.get("retry-after")).toBe("1");
});

test("message 1.0 gets no counts, an unknown message a 415", async () => {
  expect(counts(await send("x"))).toEqual([null, null, null]);
  const unknown = { "content-type": "application/x-protobuf;proto=a.B" };
  expect((await send("x", unknown)).status).toBe(415);
  expect((await send("x", { ...VERSION_2, "content-encoding": "gzip" })).status).toBe(415);
  expect(listener.appender.sinks).toHaveLength(1);
});

test("many requests over few connections each reach their own sink", async () => {
  const bodies = Array.from({ length: 50 }, (_, i) => `body ${i} ${"x".repeat(i * 1000)}`);
  const responses = await Promise.all(bodies.map((body) => send(body)));
  expect(responses.every((response) => response.status === 204)).toBe(true);
  expect(listener.appender.sinks.map((sink) => sink.body).sort()).toEqual([...bodies].sort());
});
