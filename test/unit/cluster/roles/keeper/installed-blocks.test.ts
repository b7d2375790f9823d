import { expect, test } from "vitest";
import { InstalledBlocks } from "#cluster/roles/keeper/installed-blocks.ts";
import { epoch, shardId } from "#model/refs.ts";
import type { BlockEntry } from "#tsdb/manifest/block-entry.ts";
import { EMPTY_MANIFEST, type ManifestState } from "#tsdb/manifest/manifest-state.ts";

function version(number: number): ManifestState {
  const blocks = new Map([[number, {} as BlockEntry]]);
  return { ...EMPTY_MANIFEST, epoch: epoch(1), version: number, blocks };
}

test("the keeper sees the oldest version that somebody reads or may begin to read", () => {
  const oldest = new Float64Array(3);
  const blocks = new InstalledBlocks(shardId(1), version(4), oldest);
  expect([...oldest]).toEqual([0, 4, 0]);
  const first = blocks.pin();
  blocks.install(version(5));
  expect([first?.version, first?.state, oldest[1]]).toEqual([4, version(4), 4]);
  const second = blocks.pin();
  blocks.install(version(7));
  first?.[Symbol.dispose]();
  expect(oldest[1]).toBe(5);
  first?.[Symbol.dispose]();
  second?.[Symbol.dispose]();
  expect(oldest[1]).toBe(7);
  expect(() => blocks.install(version(7))).toThrow(/manifest 7 after 7/);
});

test("a shard without blocks has nothing to pin", () => {
  const blocks = new InstalledBlocks(shardId(0), EMPTY_MANIFEST, new Float64Array(1));
  expect(blocks.pin()).toBeNull();
});
