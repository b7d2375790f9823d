import { encodeLabels } from "#model/canonical-labels.ts";
import { labelsOf } from "#model/labels.ts";
import { PLACEMENT_LANES_DEFAULT, SeriesHasher, shardOfPlacement } from "#model/placement.ts";
import { tenantId } from "#model/refs.ts";
import { expect, test } from "vitest";

const hasher = new SeriesHasher({ seed: [1, 2], lanes: PLACEMENT_LANES_DEFAULT });

function hashOf(
  record: Record<string, string>,
  tenant = 0,
): { readonly fingerprint: string; readonly placement: string } {
  const bytes = encodeLabels(labelsOf(Object.entries(record)));
  const fingerprints = new Uint32Array(2);
  const placements = new Uint32Array(2);
  hasher.hash(tenantId(tenant), bytes, 0, bytes.length, fingerprints, placements, 0);
  return { fingerprint: fingerprints.join(), placement: placements.join() };
}

test("the series of one target share as many placements as there are lanes", () => {
  const placements = new Set<string>();
  const fingerprints = new Set<string>();
  for (let i = 0; i < 200; i++) {
    const hash = hashOf({ __name__: `m${i}`, instance: "a:1", job: "node" });
    placements.add(hash.placement);
    fingerprints.add(hash.fingerprint);
  }
  expect(placements.size).toBe(PLACEMENT_LANES_DEFAULT);
  expect(fingerprints.size).toBe(200);
});

test("without an instance label the placement is the fingerprint", () => {
  const hash = hashOf({ __name__: "m", job: "node" });
  expect(hash.placement).toBe(hash.fingerprint);
});

test("tenants are apart, and label bytes longer than the scratch memory hash too", () => {
  expect(hashOf({ a: "b" }, 1)).not.toEqual(hashOf({ a: "b" }, 2));
  const long = hashOf({ a: "x".repeat(5000), instance: "y".repeat(60_000) });
  expect(hashOf({ a: "x".repeat(5000), instance: "y".repeat(60_000) })).toEqual(long);
});

test("shards divide the placements evenly and in order", () => {
  expect(shardOfPlacement(0, 64)).toBe(0);
  expect(shardOfPlacement(0x03ff_ffff, 64)).toBe(0);
  expect(shardOfPlacement(0x0400_0000, 64)).toBe(1);
  expect(shardOfPlacement(0xffff_ffff, 64)).toBe(63);
  expect(shardOfPlacement(-1, 64)).toBe(63);
  expect(() => shardOfPlacement(0, 48)).toThrow(/power of two/);
});
