/**
 * Power cuts and disk errors at every moment of a shard's blocks. Whatever version the manifest comes
 * back with, the blocks it lists hold exactly the samples of that version, and nothing is missing.
 * Covers: src/tsdb/compaction/, src/tsdb/manifest/block-set.ts, src/tsdb/retention/
 */
import { expect, test } from "vitest";
import { EngineError } from "#base/engine-error.ts";
import { SeededRandom } from "#runtime/seeded-random.ts";
import { BlockLife, checkBlockLife, type Contents } from "./block-life.ts";
import { crashBlockLife } from "./crash-states/block-life-crashes.ts";
import { DiskModel } from "./disk-model.ts";

test.each([1, 2])("no power cut loses or doubles a sample, seed %i", async (seed) => {
  expect(await crashBlockLife(seed)).toBeGreaterThan(150);
});

test.each(["io", "no-space", "short"] as const)(
  "an error of kind %s loses nothing",
  async (fault) => {
    let isOver = false;
    for (let nth = 0; !isOver && nth < 400; nth += 7) {
      isOver = true;
      const model = new DiskModel();
      let count = 0;
      const faultAt = (): typeof fault | null => {
        if (count++ !== nth) return null;
        isOver = false;
        return fault;
      };
      const nothing = async (): Promise<void> => {};
      const start: Contents = new Map([[0, []]]);
      const life = new BlockLife(model, start, new SeededRandom(5), nothing, { faultAt }, true);
      try {
        await life.run(8);
      } catch (error) {
        expect(error, `operation ${nth}`).toBeInstanceOf(EngineError);
      }
      const state = await checkBlockLife(model, life.allowed);
      const left = new Map([[state.version, life.allowed.get(state.version)!]]);
      const healed = new BlockLife(model, left, new SeededRandom(6), nothing, {}, true);
      await healed.run(4);
      await checkBlockLife(model, healed.allowed);
    }
    expect(isOver).toBe(true);
  },
);

test("a disk that forgets to sync is caught", async () => {
  await expect(crashBlockLife(1, false)).rejects.toThrow();
});
