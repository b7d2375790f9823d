import { expect, test } from "vitest";
import { epoch } from "#model/refs.ts";
import { manifestLoss } from "#tsdb/manifest/manifest-loss.ts";

test("a manifest is as new as the log says, or newer", () => {
  const witness = { epoch: epoch(3), version: 7 };
  const lossOf = (life: number, version: number) =>
    manifestLoss({ epoch: epoch(life), version }, witness);
  expect(lossOf(3, 7)).toBeNull();
  expect(lossOf(4, 8)).toBeNull();
  expect(lossOf(2, 6)).toBe("got version 6 of epoch 2, want version 7 of epoch 3 or a later one");
  // Another history with as many changes.
  expect(lossOf(2, 7)).toContain("got version 7 of epoch 2");
  expect(lossOf(0, 0)).toContain("got none");
  expect(manifestLoss({ epoch: epoch(0), version: 0 }, undefined)).toBeNull();
});
