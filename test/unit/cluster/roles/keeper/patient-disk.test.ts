import { expect, test } from "vitest";
import { PatientDisk } from "#cluster/roles/keeper/patient-disk.ts";
import { DiskModel } from "#test/sim/disk-model.ts";
import { WalDisk } from "#test/sim/wal-disk.ts";

test("every operation waits until nothing urgent is under way", async () => {
  let urgent: PromiseWithResolvers<void> | null = Promise.withResolvers();
  let turns = 0;
  let nowMs = 1000;
  const below = new WalDisk(new DiskModel());
  const disk = new PatientDisk(below, {
    clock: { wallMs: () => nowMs, monoMs: () => nowMs },
    nextTurn: async () => void turns++,
    whenCalm: () => urgent?.promise ?? null,
  });
  const making = disk.open("file", "create");
  await Promise.resolve();
  expect(await below.list("")).toEqual([]);
  const calm = urgent;
  urgent = null;
  calm.resolve();
  const file = await making;
  await file.pwrite(Uint8Array.of(1, 2, 3), 0);
  await file.datasync();
  const bytes = new Uint8Array(3);
  expect([await file.pread(bytes, 0), await file.size(), file.path]).toEqual([3, 3, "file"]);
  expect([...bytes]).toEqual([1, 2, 3]);
  // The loop turned once, and turns again only after a while.
  expect(turns).toBe(1);
  nowMs += 100;
  await file.close();
  await disk.rename("file", "other");
  await disk.mkdir("folder");
  await disk.syncDir("folder");
  expect(turns).toBe(2);
  expect(await disk.list("")).toEqual(["folder", "other"]);
  await disk.unlink("other");
  expect(await disk.list("")).toEqual(["folder"]);
});
