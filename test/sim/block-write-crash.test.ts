/**
 * Power cuts and disk errors at every moment of writing a block.
 * Covers: src/tsdb/block/block-writer.ts, src/tsdb/block/temporary-file.ts
 */
import { expect, test } from "vitest";
import { EngineError } from "#base/engine-error.ts";
import { BlockRig, expectedOf } from "#test/support/block-rig.ts";
import {
  checkBlocks,
  crashBlockWrite,
  writtenBefore,
  writtenSeries,
} from "./crash-states/block-write-crashes.ts";
import { DiskModel } from "./disk-model.ts";

test("no power cut leaves half a block", async () => {
  expect(await crashBlockWrite(60, true)).toBeGreaterThan(150);
});

test("a disk that forgets to sync is caught", async () => {
  await expect(crashBlockWrite(60, false)).rejects.toThrow();
});

test.each(["io", "no-space", "short"] as const)(
  "a disk with %s keeps what it had",
  async (fault) => {
    let isOver = false;
    for (let nth = 0; !isOver; nth++) {
      const model = new DiskModel();
      await new BlockRig({ model }).write(writtenBefore);
      isOver = true;
      const faultAt = (index: number): typeof fault | null => {
        if (index !== nth) return null;
        isOver = false;
        return fault;
      };
      const rig = new BlockRig({ model, hooks: { faultAt } });
      let failed = false;
      try {
        await rig.write(writtenSeries, { blockId: 2 });
      } catch (error) {
        expect(error).toBeInstanceOf(EngineError);
        failed = true;
      }
      expect(failed, `operation ${nth}`).toBe(fault !== "short" && !isOver);
      await checkBlocks(model, !failed);
      // The next block takes another id and is not disturbed by what is left.
      await new BlockRig({ model }).write(writtenSeries, { blockId: 3 });
      expect(await new BlockRig({ model }).readAll(3)).toEqual(expectedOf(writtenSeries));
    }
  },
);
