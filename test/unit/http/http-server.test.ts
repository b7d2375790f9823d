/**
 * The listener on a real socket, with fakes behind its doors.
 * Covers: src/http/api-route.ts, src/http/error-answer.ts, src/http/landing-page.ts
 * Covers: src/http/route-table.ts, src/http/status-routes.ts
 */
import { afterEach, expect, test } from "vitest";
import { EngineError } from "#base/engine-error.ts";
import { FORM_BYTES_MAX } from "#http/http-limits.ts";
import { OVERLOADED } from "#storage/storage-errors.ts";
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

async function errorOf(response: Response): Promise<Record<string, string>> {
  expect(response.headers.get("content-type")).toBe("application/json");
  const body = (await response.json()) as Record<string, string>;
  expect(body["status"]).toBe("error");
  return body;
}

test("GET parameters reach the API door", async () => {
  const listener = await start();
  const response = await fetch(listener.url("/api/v1/query?query=up&time=1"));
  expect(response.status).toBe(200);
  expect(await response.text()).toBe('{"status":"success"}\n');
  expect(listener.api.requests).toEqual([
    { tenant: 0, method: "GET", path: "/api/v1/query", params: "query=up&time=1" },
  ]);
});

test("a form's parameters come before those of the address", async () => {
  const listener = await start();
  const body = new URLSearchParams({ query: "a+b" });
  await fetch(listener.url("/api/v1/query_range?query=c"), { method: "POST", body });
  expect(listener.api.requests[0]).toMatchObject({
    method: "POST",
    params: "query=a%2Bb&query=c",
  });
});

test("HEAD is answered like GET, without the body", async () => {
  const listener = await start();
  const response = await fetch(listener.url("/api/v1/labels"), { method: "HEAD" });
  expect(response.status).toBe(200);
  expect(response.headers.get("content-length")).toBe("21");
  expect(await response.text()).toBe("");
  expect(listener.api.requests[0]?.method).toBe("HEAD");
});

test("label values keep the encoding of the name", async () => {
  const listener = await start();
  await fetch(listener.url("/api/v1/label/a%2Fb/values"));
  expect(listener.api.requests[0]?.path).toBe("/api/v1/label/a%2Fb/values");
});

test.each([
  ["GET", "/nope", 404, "not_found", null],
  ["GET", "/api/v1/label/a/b/values", 404, "not_found", null],
  ["GET", "/api/v1/label//values", 404, "not_found", null],
  ["GET", "/api/v1/write", 405, "bad_data", "POST"],
  ["DELETE", "/api/v1/query", 405, "bad_data", "GET,HEAD,POST"],
  ["POST", "/metrics", 405, "bad_data", "GET,HEAD"],
] as const)("%s %s is %d", async (method, path, status, errorType, allow) => {
  const listener = await start();
  const response = await fetch(listener.url(path), { method });
  expect(response.status).toBe(status);
  expect(response.headers.get("allow")).toBe(allow);
  expect((await errorOf(response))["errorType"]).toBe(errorType);
});

test("an answer repeats only a little of a long path", async () => {
  const listener = await start();
  const { error } = await errorOf(await fetch(listener.url(`/${"x".repeat(5000)}`)));
  expect(error?.length).toBeLessThan(200);
});

test("a form over its limit is refused before it is read", async () => {
  const listener = await start();
  const body = new URLSearchParams({ query: "x".repeat(FORM_BYTES_MAX) });
  const response = await fetch(listener.url("/api/v1/query"), { method: "POST", body });
  expect(response.status).toBe(413);
  expect((await errorOf(response))["error"]).toContain(`want at most ${FORM_BYTES_MAX}`);
  expect(listener.api.requests).toEqual([]);
});

test("a form of another type is refused", async () => {
  const listener = await start();
  const headers = { "content-type": "application/json" };
  const init = { method: "POST", headers, body: "{}" };
  const response = await fetch(listener.url("/api/v1/query"), init);
  expect(response.status).toBe(415);
  expect((await errorOf(response))["error"]).toContain("application/x-www-form-urlencoded");
});

test("an operating error of a door is its own answer", async () => {
  const listener = await start();
  listener.api.answer = () => Promise.reject(new EngineError(OVERLOADED, "cannot query: busy"));
  const response = await fetch(listener.url("/api/v1/query"));
  expect(response.status).toBe(503);
  expect(response.headers.get("retry-after")).toBe("1");
  expect(await errorOf(response)).toMatchObject({
    errorType: "unavailable",
    error: "cannot query: busy",
  });
});

test("a fault shows the client nothing and the log everything", async () => {
  const listener = await start();
  listener.api.answer = () => Promise.reject(new Error("secret at line 3"));
  const response = await fetch(listener.url("/api/v1/query"));
  expect(response.status).toBe(500);
  expect(await errorOf(response)).toMatchObject({ errorType: "internal", error: "internal error" });
  expect(String(listener.logLines[0]?.fields["err"])).toContain("secret at line 3");
});

test("the signal fires when the client goes away", async () => {
  const listener = await start();
  const aborted = new Promise<unknown>((resolve) => {
    listener.api.answer = (_request, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          resolve(signal.reason);
          reject(signal.reason as Error);
        });
        client.destroy();
      });
  });
  const client = await RawClient.connect(listener.port);
  client.send("GET /api/v1/query?query=up HTTP/1.1\r\nhost: x\r\n\r\n");
  expect(await aborted).toMatchObject({ code: "http.client-gone" });
});

test("readiness names what is missing", async () => {
  const listener = await start();
  const ready = await fetch(listener.url("/-/ready"));
  expect(ready.status).toBe(200);
  listener.notReady = "shards 3, 4";
  const waiting = await fetch(listener.url("/-/ready"));
  expect(waiting.status).toBe(503);
  expect(await waiting.text()).toBe("not ready: shards 3, 4\n");
  expect((await fetch(listener.url("/-/healthy"))).status).toBe(200);
});

test("metrics are the text format", async () => {
  const listener = await start();
  const response = await fetch(listener.url("/metrics"));
  expect(response.headers.get("content-type")).toContain("version=0.0.4");
  expect(await response.text()).toBe("# TYPE up gauge\nup 1\n");
});

test("the first page says what to try, to people and to browsers", async () => {
  const listener = await start();
  const plain = await fetch(listener.url("/"));
  expect(plain.headers.get("content-type")).toContain("text/plain");
  expect(await plain.text()).toContain("/api/v1/query?query=up");
  const html = await fetch(listener.url("/"), { headers: { accept: "text/html" } });
  expect(html.headers.get("content-type")).toContain("text/html");
  expect(await html.text()).toContain('<a href="/metrics">');
});

test("what was answered is counted under the route's pattern", async () => {
  const listener = await start();
  await (await fetch(listener.url("/api/v1/label/x/values"))).text();
  await (await fetch(listener.url("/random-7"))).text();
  await expect
    .poll(() => listener.answered)
    .toEqual([
      { route: "/api/v1/label/*/values", status: 200 },
      { route: "unknown", status: 404 },
    ]);
});

test("every answer forbids guessing its type, and none allows other origins", async () => {
  const listener = await start();
  for (const path of ["/", "/metrics", "/api/v1/query", "/nope"]) {
    const { headers } = await fetch(listener.url(path), { headers: { origin: "http://evil" } });
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("access-control-allow-origin")).toBeNull();
  }
});

test("closing waits for requests in flight", async () => {
  const listener = await Listener.start();
  let release = (): void => {};
  const arrived = new Promise<void>((resolve) => {
    listener.api.answer = () => {
      resolve();
      return new Promise((answer) => {
        release = () => answer({ status: 200, headers: {}, body: Buffer.from("late") });
      });
    };
  });
  const response = fetch(listener.url("/api/v1/query"));
  await arrived;
  const closed = listener.server.close(1000);
  await expect(fetch(listener.url("/-/healthy"))).rejects.toThrow();
  release();
  const late = await response;
  expect(late.headers.get("connection")).toBe("close");
  expect(await late.text()).toBe("late");
  await closed;
});

test("closing cuts what outlives its grace", async () => {
  const listener = await Listener.start();
  const client = await RawClient.connect(listener.port);
  const arrived = new Promise<void>((resolve) => {
    listener.api.answer = () => {
      resolve();
      return new Promise(() => {});
    };
  });
  client.send("GET /api/v1/query HTTP/1.1\r\nhost: x\r\n\r\n");
  await arrived;
  const closed = listener.server.close(5);
  listener.timers.fire(5);
  await closed;
  expect(await client.closed()).toBe("");
});

test("two listeners cannot have one port unless they share it", async () => {
  const listener = await start();
  const second = new Listener();
  const where = { host: "127.0.0.1", port: listener.port };
  await expect(second.server.listen(where)).rejects.toMatchObject({ code: "EADDRINUSE" });
});
