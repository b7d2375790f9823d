/** Covers: src/http/tenant-route.ts */
import { afterEach, expect, test } from "vitest";
import { isOnSide, parseTenantPath } from "#http/tenant-path.ts";
import { ROUTES } from "#http/route-table.ts";
import { Listener } from "./fake-doors.ts";

let listener: Listener | null = null;
afterEach(async () => listener?.stop());

test.each([
  ["/api/v1/query", 0, "/api/v1/query", null],
  ["/insert/0/prometheus/api/v1/write", 0, "/api/v1/write", "insert"],
  ["/select/4294967295/prometheus/api/v1/labels", 4_294_967_295, "/api/v1/labels", "select"],
  ["/select/-1/prometheus/api/v1/labels", 0, "/select/-1/prometheus/api/v1/labels", null],
  ["/select/1:2/prometheus/api/v1/query", 0, "/select/1:2/prometheus/api/v1/query", null],
  ["/select/1/prometheus", 0, "/select/1/prometheus", null],
])("%s", (path, tenant, inner, side) => {
  expect(parseTenantPath(path)).toEqual({ tenant, path: inner, side });
});

test("a number beyond 32 bits is no tenant", () => {
  expect(parseTenantPath("/select/4294967296/prometheus/api/v1/query")).toBeNull();
});

test("samples go in on one side, queries on the other, and all else has no tenant", () => {
  const on = (side: "insert" | "select" | null): string[] => {
    const where = { tenant: 0 as never, path: "", side };
    return ROUTES.filter((route) => isOnSide(where, route)).map(({ pattern }) => pattern);
  };
  expect(on("insert")).toContain("/api/v1/write");
  expect(on("insert")).not.toContain("/api/v1/query");
  expect(on("select")).toContain("/api/v1/query");
  for (const pattern of ["/api/v1/write", "/metrics", "/", "/api/v1/admin/tenants"]) {
    expect(on("select")).not.toContain(pattern);
  }
  expect(on(null)).toEqual(ROUTES.map(({ pattern }) => pattern));
});

test("requests about a tenant that was made carry it; others are refused", async () => {
  listener = await Listener.start();
  const unknown = await fetch(listener.url("/select/1/prometheus/api/v1/query?query=up"));
  expect(unknown.status).toBe(404);
  expect(await unknown.text()).toContain("cannot find tenant 1");
  const made = await fetch(listener.url("/api/v1/admin/tenants"), { method: "POST" });
  expect(await made.json()).toEqual({ status: "success", data: { tenant: 1 } });
  const known = await fetch(listener.url("/select/1/prometheus/api/v1/query?query=up"));
  expect(known.status).toBe(200);
  expect(listener.api.requests).toMatchObject([{ tenant: 1, path: "/api/v1/query" }]);
  const write = await fetch(listener.url("/insert/1/prometheus/api/v1/write"), { method: "POST" });
  expect(write.status).toBe(204);
  expect(listener.appender.sinks[0]!.options.tenant).toBe(1);
  const wrong = await fetch(listener.url("/select/1/prometheus/api/v1/write"), { method: "POST" });
  expect(wrong.status).toBe(404);
});

test("tenants are made only where the admin API is on", async () => {
  listener = await Listener.start({ adminApi: "off" });
  const made = await fetch(listener.url("/api/v1/admin/tenants"), { method: "POST" });
  expect(made.status).toBe(403);
  expect(listener.tenants).toBe(0);
});
