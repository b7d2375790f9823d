/**
 * Power cuts at every moment of a manifest's lives, recoveries included, three deep.
 * Covers: src/tsdb/manifest/manifest.ts, src/tsdb/manifest/manifest-load.ts
 */
import { expect, test } from "vitest";
import { SeededRandom } from "#runtime/seeded-random.ts";
import { crashManifest } from "./crash-states/manifest-crashes.ts";
import { between, chance } from "./sim-random.ts";

test.each([1, 2, 3, 4])("no power cut loses a version, seed %i", async (seed) => {
  expect(await crashManifest(seed)).toBeGreaterThan(150);
});

test.each([11, 12, 13])("also with a failing disk, seed %i", async (seed) => {
  const random = new SeededRandom(seed);
  const faultAt = (): "io" | "no-space" | "short" | null =>
    chance(random, 0.08) ? (["io", "no-space", "short"] as const)[between(random, 0, 2)]! : null;
  expect(await crashManifest(seed, { faultAt })).toBeGreaterThan(150);
});

test("a disk that forgets to sync is caught", async () => {
  await expect(crashManifest(1, {}, false)).rejects.toThrow();
});
