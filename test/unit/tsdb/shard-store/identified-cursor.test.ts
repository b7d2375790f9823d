// Covers: src/tsdb/shard-store/slice-identity.ts
import { expect, test } from "vitest";
import { encodeLabels } from "#model/canonical-labels.ts";
import { labelsOf } from "#model/labels.ts";
import { tenantId } from "#model/refs.ts";
import type { AppendBatch } from "#storage/append-batch.ts";
import type { GenerationSlice } from "#storage/head-generation.ts";
import type { ShardStore } from "#storage/shard-store.ts";
import { buildBatch } from "#test/support/batch-builder.ts";
import { openHeadStore, selectAll, seriesOf, slicesOf } from "#test/support/head-stores.ts";

const tenant = tenantId(7);

function batchOf(...names: string[]): AppendBatch {
  const rows = names.map((name, i) => ({
    series: labelsOf([["__name__", name]]),
    timestampMs: 1000 + i,
    bits: BigInt(i),
  }));
  return buildBatch(tenant, 1, rows);
}

function identified(store: ShardStore): GenerationSlice[] {
  using view = store.readView();
  const slices: GenerationSlice[] = [];
  const cursor = view.selectIdentified(selectAll(tenant));
  for (let slice = cursor.next(); slice !== null; slice = cursor.next()) slices.push(slice);
  cursor.close();
  return slices;
}

test("identified slices hold what plain ones do, and the hashes of each series", () => {
  const store = openHeadStore();
  const batch = batchOf(...Array.from({ length: 9000 }, (_, i) => `m_${i}`));
  store.append(batch, { trustedNowMs: 1e12 });
  const slices = identified(store);
  expect(slices.length).toBeGreaterThan(1);
  using view = store.readView();
  expect(seriesOf(slices)).toEqual(seriesOf(slicesOf(view, selectAll(tenant))));
  const hashOf = new Map<string, string>();
  const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
  for (let i = 0; i < batch.labelCount; i++) {
    const labels = batch.labelBytes.subarray(batch.labelStart[i]!, batch.labelStart[i + 1]!);
    const fingerprint = batch.fingerprints.slice(2 * i, 2 * i + 2).join();
    hashOf.set(text(labels), `${fingerprint} ${batch.placements.slice(2 * i, 2 * i + 2).join()}`);
  }
  for (const slice of slices) {
    expect(slice.tenants).toEqual(new Uint32Array(slice.seriesCount).fill(tenant));
    for (let i = 0; i < slice.seriesCount; i++) {
      const labels = slice.labelBytes.subarray(slice.labelStart[i]!, slice.labelStart[i + 1]!);
      const fingerprint = slice.fingerprints.slice(2 * i, 2 * i + 2).join();
      const placement = slice.placements.slice(2 * i, 2 * i + 2).join();
      expect(`${fingerprint} ${placement}`).toBe(hashOf.get(text(labels)));
    }
  }
});

test("label sets that share both hashes come in the order of their bytes", () => {
  const store = openHeadStore();
  const batch = batchOf("c", "a", "b", "aa");
  batch.fingerprints.fill(5);
  batch.placements.fill(9);
  store.append(batch, { trustedNowMs: 1e12 });
  const texts = identified(store).flatMap((slice) =>
    Array.from({ length: slice.seriesCount }, (_, i) =>
      slice.labelBytes.slice(slice.labelStart[i]!, slice.labelStart[i + 1]!),
    ),
  );
  const want = ["a", "b", "c", "aa"].map((name) => encodeLabels(labelsOf([["__name__", name]])));
  expect(texts).toEqual(want);
});

test("a selection of nothing gives nothing", () => {
  expect(identified(openHeadStore())).toEqual([]);
});
