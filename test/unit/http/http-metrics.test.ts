import { registeredHttpMetrics } from "#http/http-metrics.ts";
import { renderExposition } from "#runtime/metrics/exposition-text.ts";
import { MetricRegistry } from "#runtime/metrics/metric-registry.ts";
import { expect, test } from "vitest";

test("every request is counted under its own route and status, however they alternate", () => {
  const registry = new MetricRegistry();
  const metrics = registeredHttpMetrics(registry);
  for (const [route, status] of [
    ["/a", 204],
    ["/a", 204],
    ["/a", 400],
    ["/b", 400],
    ["/a", 204],
  ] as const) {
    metrics.answered(route, status, 7);
  }
  const lines = renderExposition(registry.collect()).split("\n");
  expect(lines.filter((line) => line.startsWith("gyre_http_requests_total"))).toEqual([
    'gyre_http_requests_total{route="/a",status="204"} 3',
    'gyre_http_requests_total{route="/a",status="400"} 1',
    'gyre_http_requests_total{route="/b",status="400"} 1',
  ]);
  expect(lines).toContain('gyre_http_request_duration_seconds_count{route="/a"} 4');
  expect(lines).toContain('gyre_http_request_duration_seconds_bucket{route="/b",le="0.02"} 1');
});
