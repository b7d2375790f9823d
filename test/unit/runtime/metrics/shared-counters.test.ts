import { expect, test } from "vitest";
import { renderExposition } from "#runtime/metrics/exposition-text.ts";
import { MetricRegistry } from "#runtime/metrics/metric-registry.ts";
import {
  allocateSharedCounters,
  collectSharedCounters,
  defineSharedCounters,
  sharedCounterRow,
  type SharedCounterTable,
} from "#runtime/metrics/shared-counters.ts";

type Key = "appended" | "queued";

const table: SharedCounterTable<Key> = defineSharedCounters<Key>({
  appended: { name: "gyre_appended_total", help: "Appended.", type: "counter" },
  queued: { name: "gyre_queued_bytes", help: "Queued.", type: "gauge" },
});

test("each thread counts in its row and one scrape sees all", () => {
  const buffer = allocateSharedCounters(table, 2);
  const first = sharedCounterRow(table, buffer, 0);
  const second = sharedCounterRow(table, buffer, 1);
  first[table.index.appended]! += 5;
  second[table.index.appended]! += 2 ** 40;
  second[table.index.queued] = 7;
  const registry = new MetricRegistry();
  registry.addCollector(() => collectSharedCounters(table, buffer, "worker", ["0", "1"]));
  expect(renderExposition(registry.collect()).split("\n")).toEqual([
    "# HELP gyre_appended_total Appended.",
    "# TYPE gyre_appended_total counter",
    'gyre_appended_total{worker="0"} 5',
    'gyre_appended_total{worker="1"} 1099511627776',
    "# HELP gyre_queued_bytes Queued.",
    "# TYPE gyre_queued_bytes gauge",
    'gyre_queued_bytes{worker="0"} 0',
    'gyre_queued_bytes{worker="1"} 7',
    "",
  ]);
});

test("rows do not share a cache line", () => {
  const buffer = allocateSharedCounters(table, 3);
  expect(sharedCounterRow(table, buffer, 1).byteOffset % 64).toBe(0);
  expect(buffer.byteLength).toBe(3 * 64);
});
