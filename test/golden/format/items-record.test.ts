/**
 * The bytes of exemplars and metadata in logs and series logs.
 * Covers: src/tsdb/items-payload.ts src/storage/exemplar-item.ts
 * src/storage/metadata-item.ts
 */
import { readFileSync } from "node:fs";
import { decodeLabels, encodeLabels } from "#model/canonical-labels.ts";
import { labelsOf, labelsRecord } from "#model/labels.ts";
import { tenantId } from "#model/refs.ts";
import type { MetricMetadata } from "#storage/metric-metadata.ts";
import { encodeExemplarItem, splitExemplarItems } from "#storage/exemplar-item.ts";
import { decodeItemsPayload, encodeItemsPayload } from "#tsdb/items-payload.ts";
import { encodeMetadataItem, splitMetadataItems } from "#storage/metadata-item.ts";
import { expect, test } from "vitest";

interface Golden {
  readonly tenant: number;
  readonly exemplar: {
    readonly series: Readonly<Record<string, string>>;
    readonly labels: Readonly<Record<string, string>>;
    readonly timestampMs: number;
    /** Hex words, low and high. */
    readonly value: readonly [string, string];
  };
  readonly metadata: MetricMetadata;
  readonly exemplarsRecord: readonly string[];
  readonly metadataRecord: readonly string[];
}

const golden = JSON.parse(
  readFileSync(new URL("./items-record.json", import.meta.url), "utf8"),
) as Golden;
const tenant = tenantId(golden.tenant);
const canonical = (labels: Readonly<Record<string, string>>): Uint8Array =>
  encodeLabels(labelsOf(Object.entries(labels)));
const textBytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test("exemplars have these bytes, and they say the exemplars, NaN bits included", () => {
  const { series, labels, timestampMs, value } = golden.exemplar;
  const [low, high] = value.map((word) => Number.parseInt(word, 16));
  const item = encodeExemplarItem({
    series: canonical(series),
    labels: canonical(labels),
    timestampMs,
    value: [low!, high!],
  });
  const payload = encodeItemsPayload(tenant, [item]);
  expect(payload.toHex()).toBe(golden.exemplarsRecord.join(""));
  const decoded = decodeItemsPayload(payload);
  expect(decoded.tenant).toBe(tenant);
  const [read] = splitExemplarItems(decoded.bytes, 1);
  expect(labelsRecord(decodeLabels(read!.series))).toEqual(series);
  expect(labelsRecord(decodeLabels(read!.labels))).toEqual(labels);
  expect(read!.timestampMs).toBe(timestampMs);
  expect(read!.value).toBeNaN();
});

test("metadata has these bytes, and they say the metadata", () => {
  const { metric, type, help, unit } = golden.metadata;
  const texts = { name: textBytes(metric), help: textBytes(help), unit: textBytes(unit) };
  const payload = encodeItemsPayload(tenant, [encodeMetadataItem({ type, ...texts })]);
  expect(payload.toHex()).toBe(golden.metadataRecord.join(""));
  const [read] = splitMetadataItems(decodeItemsPayload(payload).bytes, 1);
  expect(read!.decode()).toEqual(golden.metadata);
});

test.each(["exemplarsRecord", "metadataRecord"] as const)("a damaged %s is refused", (name) => {
  const split = name === "exemplarsRecord" ? splitExemplarItems : splitMetadataItems;
  const whole = Uint8Array.fromHex(golden[name].join("")).subarray(8);
  expect(() => split(whole.subarray(0, whole.length - 8), 1)).toThrow(/claims/);
  expect(() => split(whole.subarray(0, 7), 1)).toThrow(/ends inside/);
  expect(() => split(whole, 2)).toThrow(/ends inside/);
  expect(() => split(whole, 0)).toThrow(/follow/);
  expect(() => decodeItemsPayload(whole.subarray(0, 7))).toThrow(/got 7 bytes/);
});
