import { tenantId, type TenantId } from "#model/refs.ts";
import { MetadataItem } from "#storage/metadata-item.ts";
import type { MetricMetadata } from "#storage/metric-metadata.ts";
import {
  METADATA_METRICS_MAX,
  METADATA_VARIANTS_MAX,
  MetadataTable,
} from "#tsdb/metadata/metadata-table.ts";
import { metadataOf } from "#test/support/plain-items.ts";
import { expect, test } from "vitest";

const TENANT = tenantId(0);

function told(table: MetadataTable, tenant: TenantId, metric: string | null): MetricMetadata[] {
  return table.select({ tenant, metric }).map((bytes) => new MetadataItem(bytes).decode());
}

test("a metric may be described in several ways, each kept once", () => {
  const table = new MetadataTable();
  const [one, two] = ["old text", "new text"].map((help) => metadataOf({ metric: "a", help }));
  table.add(TENANT, one!, 1);
  expect(table.wants(TENANT, one!)).toBe(false);
  expect(table.wants(TENANT, two!)).toBe(true);
  expect(table.wants(tenantId(1), one!)).toBe(true);
  for (const item of [two!, one!, two!]) table.add(TENANT, item, 2);
  expect(told(table, TENANT, "a")).toEqual([
    { metric: "a", type: 1, help: "old text", unit: "" },
    { metric: "a", type: 1, help: "new text", unit: "" },
  ]);
  expect(told(table, tenantId(1), null)).toEqual([]);
  expect(told(table, TENANT, "b")).toEqual([]);
  expect([...table.since(2, 2).values()].flat()).toHaveLength(1);
  expect([...table.since(0, 2).values()].flat()).toHaveLength(2);
});

test("the oldest description goes first", () => {
  const table = new MetadataTable();
  for (let i = 0; i <= METADATA_VARIANTS_MAX; i++) {
    table.add(TENANT, metadataOf({ metric: "a", unit: `u${i}` }), 1);
  }
  const units = told(table, TENANT, null).map(({ unit }) => unit);
  expect([units.length, units[0]]).toEqual([METADATA_VARIANTS_MAX, "u1"]);
});

test("metrics beyond the limit are not wanted, known ones still are", () => {
  const table = new MetadataTable();
  for (let i = 0; i < METADATA_METRICS_MAX; i++) {
    table.add(TENANT, metadataOf({ metric: `m${i}` }), 1);
  }
  expect(table.wants(TENANT, metadataOf({ metric: "one more" }))).toBe(false);
  expect(table.wants(TENANT, metadataOf({ metric: "m7", help: "new" }))).toBe(true);
});

test("a full table makes room for a tenant that has less, from the one that has most", () => {
  const table = new MetadataTable();
  const loud = tenantId(7);
  for (let i = 0; i < METADATA_METRICS_MAX; i++) {
    table.add(loud, metadataOf({ metric: `m${i}` }), 1);
  }
  const more = metadataOf({ metric: "more" });
  expect(table.wants(loud, more)).toBe(false);
  expect(table.wants(TENANT, more)).toBe(true);
  table.add(TENANT, more, 2);
  expect(table.size).toBe(METADATA_METRICS_MAX);
  expect(told(table, TENANT, null)).toHaveLength(1);
  expect(told(table, loud, "m0")).toEqual([]);
  expect(told(table, loud, "m1")).toHaveLength(1);
});
