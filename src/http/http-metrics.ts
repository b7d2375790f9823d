/** What the listener counts. The names of the series are chosen by whoever implements the hooks. */
import type { MetricRegistry } from "#runtime/metrics/metric-registry.ts";

export interface HttpMetrics {
  /** `route` is a pattern of the route table or `unknown`, so its values are few. */
  answered(route: string, status: number, durationMs: number): void;
  connectionOpened(): void;
  connectionClosed(): void;
  /** Refused because `http.connectionsMax` were open. */
  connectionDropped(): void;
}

/** Upper bounds in seconds: from a cached answer to a query at its default timeout. */
const DURATION_BOUNDS_S = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 30, 120];

export function registeredHttpMetrics(registry: MetricRegistry): HttpMetrics {
  const requests = registry.counter(
    "gyre_http_requests_total",
    "Requests answered, by route and status.",
    ["route", "status"],
  );
  const durations = registry.histogram(
    "gyre_http_request_duration_seconds",
    "Time from the headers of a request to the end of its answer.",
    DURATION_BOUNDS_S,
    ["route"],
  );
  const open = registry.gauge("gyre_http_connections", "Connections open.")();
  const accepted = registry.counter("gyre_http_connections_total", "Connections accepted.")();
  const dropped = registry.counter(
    "gyre_http_connections_dropped_total",
    "Connections refused because the limit was reached.",
  )();
  let openCount = 0;
  return {
    answered(route, status, durationMs) {
      requests(route, String(status)).add();
      durations(route).observe(durationMs / 1000);
    },
    connectionOpened() {
      accepted.add();
      open.set(++openCount);
    },
    connectionClosed() {
      open.set(--openCount);
    },
    connectionDropped: () => dropped.add(),
  };
}
