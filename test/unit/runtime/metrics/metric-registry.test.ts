/** Covers: src/runtime/metrics/histogram.ts, src/runtime/metrics/value-column.ts */
import { expect, test } from "vitest";
import { MetricRegistry } from "#runtime/metrics/metric-registry.ts";
import { renderExposition } from "#runtime/metrics/exposition-text.ts";
import { SERIES_PER_FAMILY_MAX } from "#runtime/metrics/label-table.ts";

test("counters, gauges and histograms render as text", () => {
  const registry = new MetricRegistry();
  const requests = registry.counter("gyre_requests_total", "Requests.", ["code", "method"]);
  requests("200", "get").add();
  requests("503", "get").add(2);
  requests("200", "get").add(0.5);
  const depth = registry.gauge("gyre_depth", "Depth\nof \\queues.")();
  depth.set(5);
  depth.add(-7);
  const latency = registry.histogram("gyre_latency_seconds", "Latency.", [0.1, 1], ["path"]);
  for (const value of [0.05, 0.1, 0.5, 7]) latency('a"b\\c').observe(value);
  expect(renderExposition(registry.collect())).toBe(
    [
      "# HELP gyre_depth Depth\\nof \\\\queues.",
      "# TYPE gyre_depth gauge",
      "gyre_depth -2",
      "# HELP gyre_latency_seconds Latency.",
      "# TYPE gyre_latency_seconds histogram",
      'gyre_latency_seconds_bucket{path="a\\"b\\\\c",le="0.1"} 2',
      'gyre_latency_seconds_bucket{path="a\\"b\\\\c",le="1"} 3',
      'gyre_latency_seconds_bucket{path="a\\"b\\\\c",le="+Inf"} 4',
      'gyre_latency_seconds_sum{path="a\\"b\\\\c"} 7.65',
      'gyre_latency_seconds_count{path="a\\"b\\\\c"} 4',
      "# HELP gyre_requests_total Requests.",
      "# TYPE gyre_requests_total counter",
      'gyre_requests_total{code="200",method="get"} 1.5',
      'gyre_requests_total{code="503",method="get"} 2',
      "",
    ].join("\n"),
  );
});

test("a family without labels reads 0 before its first event", () => {
  const registry = new MetricRegistry();
  registry.counter("gyre_a_total", "A.");
  registry.counter("gyre_b_total", "B.", ["x"]);
  expect(registry.collect().map((family) => family.name)).toEqual(["gyre_a_total"]);
});

test("handles stay valid while the column grows", () => {
  const registry = new MetricRegistry();
  const events = registry.counter("gyre_events_total", "Events.", ["id"]);
  const first = events("first");
  for (let id = 0; id < 100; id++) events(String(id)).add();
  first.add(3);
  expect(events("first").value).toBe(3);
});

test("label sets beyond the limit share one series", () => {
  const registry = new MetricRegistry();
  const events = registry.counter("gyre_events_total", "Events.", ["tenant"]);
  for (let id = 0; id < SERIES_PER_FAMILY_MAX + 10; id++) events(String(id)).add();
  const samples = registry.collect()[0]!.samples;
  expect(samples.length).toBe(SERIES_PER_FAMILY_MAX);
  expect(samples.at(-1)).toEqual({ suffix: "", labels: [["tenant", "other"]], value: 11 });
});

test("special values are spelled as the format wants them", () => {
  const registry = new MetricRegistry();
  const gauge = registry.gauge("gyre_g", "G.", ["v"]);
  for (const value of [Infinity, -Infinity, NaN, 1e300]) gauge(String(value)).set(value);
  const text = renderExposition(registry.collect());
  expect(text.match(/ \S+$/gm)?.map((value) => value.trim())).toEqual([
    "G.",
    "gauge",
    "+Inf",
    "-Inf",
    "NaN",
    "1e+300",
  ]);
});

test("misuse is refused by name", () => {
  const registry = new MetricRegistry();
  registry.gauge("gyre_g", "G.", ["a"]);
  expect(() => registry.gauge("gyre_g", "G.")).toThrow(/registered twice/);
  expect(() => registry.counter("gyre_c", "C.")).toThrow(/_total/);
  expect(() => registry.gauge("0", "Zero.")).toThrow(/got name/);
  expect(() => registry.gauge("gyre_h", "H.", ["a", "a"])).toThrow(/distinct/);
  expect(() => registry.histogram("gyre_i", "I.", [2, 1])).toThrow(/ascending/);
  expect(() => registry.counter("gyre_c_total", "C.")().add(-1)).toThrow(/0 or more/);
});
