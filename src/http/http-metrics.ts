/**
 * What the listener counts, and the series that show it. The listener knows the hooks only; a test
 * may give it others. One per listener and thread.
 */
import type { Counter } from "#runtime/metrics/counter.ts";
import type { Histogram } from "#runtime/metrics/histogram.ts";
import type { MetricRegistry } from "#runtime/metrics/metric-registry.ts";

export interface HttpMetrics {
  /** `route` is a pattern of the route table or `unknown`, so its values are few. */
  answered(route: string, status: number, durationMs: number): void;
  connectionOpened(): void;
  connectionClosed(): void;
  /** Refused because `http.connectionsMax` were open. */
  connectionDropped(): void;
}

interface RequestSeries {
  readonly route: string;
  readonly status: number;
  readonly requests: Counter;
  readonly durations: Histogram;
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
  // Most requests are as the one before, and looking up their series costs more than counting them.
  let last: RequestSeries | null = null;
  return {
    answered(route, status, durationMs) {
      if (last?.route !== route || last.status !== status) {
        last = {
          route,
          status,
          requests: requests(route, String(status)),
          durations: durations(route),
        };
      }
      last.requests.add();
      last.durations.observe(durationMs / 1000);
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
