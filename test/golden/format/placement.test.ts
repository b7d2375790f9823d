/**
 * Canonical label bytes, fingerprints, placements and shards are part of the on-disk format and of
 * every node's idea of where a series lives. The vectors were computed by a separate program from
 * the definition in `model/placement.ts`. They never change.
 */
import { readFileSync } from "node:fs";
import { encodeLabels } from "#model/canonical-labels.ts";
import { labelsOf } from "#model/labels.ts";
import { SeriesHasher, shardOfPlacement } from "#model/placement.ts";
import { tenantId } from "#model/refs.ts";
import { expect, test } from "vitest";

interface Vector {
  readonly tenant: number;
  readonly seed: string;
  readonly lanes: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly canonical: string;
  readonly fingerprint: string;
  readonly placement: string;
  readonly shard64: number;
  readonly shard512: number;
}

const { vectors } = JSON.parse(
  readFileSync(new URL("./placement.json", import.meta.url), "utf8"),
) as { readonly vectors: readonly Vector[] };

test.each(vectors)("tenant $tenant, seed $seed, lanes $lanes, $labels", (vector) => {
  const bytes = encodeLabels(labelsOf(Object.entries(vector.labels)));
  expect(bytes.toHex()).toBe(vector.canonical);
  const seed = wordsOf(vector.seed);
  const hasher = new SeriesHasher({ seed, lanes: vector.lanes });
  const fingerprints = new Uint32Array(4);
  const placements = new Uint32Array(4);
  hasher.hash(tenantId(vector.tenant), bytes, 0, bytes.length, fingerprints, placements, 2);
  expect(hexOf(fingerprints)).toBe(vector.fingerprint);
  expect(hexOf(placements)).toBe(vector.placement);
  expect(shardOfPlacement(placements[3]!, 64)).toBe(vector.shard64);
  expect(shardOfPlacement(placements[3]!, 512)).toBe(vector.shard512);
  expect(shardOfPlacement(placements[3]!, 1)).toBe(0);
});

function wordsOf(hex: string): [low: number, high: number] {
  return [Number.parseInt(hex.slice(8), 16), Number.parseInt(hex.slice(0, 8), 16)];
}

function hexOf(words: Uint32Array): string {
  return [words[3]!, words[2]!].map((word) => word.toString(16).padStart(8, "0")).join("");
}
