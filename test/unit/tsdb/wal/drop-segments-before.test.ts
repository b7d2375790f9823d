import { expect, test } from "vitest";
import { enumerateCrashStates } from "#test/sim/disk-crash-states.ts";
import { DiskModel } from "#test/sim/disk-model.ts";
import { WalDisk } from "#test/sim/wal-disk.ts";
import { dropSegmentsBefore } from "#tsdb/wal/drop-segments-before.ts";

const folder = "wal/0001";

function modelOf(...names: string[]): DiskModel {
  const files = names.map((name) => [`${folder}/${name}`, new Uint8Array(64)] as const);
  return DiskModel.from(
    new Map<string, Uint8Array | null>([["wal/", null], [`${folder}/`, null], ...files]),
  );
}

test("drops older segments and nothing else", async () => {
  const model = modelOf("00000009.wal", "00000010.wal", "00000011.wal", "note.txt");
  expect(await dropSegmentsBefore(new WalDisk(model), folder, 11)).toBe(2);
  expect(model.list(folder)).toEqual(["00000011.wal", "note.txt"]);
  expect(await dropSegmentsBefore(new WalDisk(model), folder, 11)).toBe(0);
});

test("a crash leaves an unbroken end of the log", async () => {
  const names = ["00000001.wal", "00000002.wal", "00000003.wal", "00000004.wal"];
  const model = modelOf(...names);
  let states = 0;
  const check = async (): Promise<void> => {
    for (const snapshot of enumerateCrashStates(model, 50)) {
      states++;
      const left = DiskModel.from(snapshot).list(folder);
      expect(left).toEqual(names.slice(names.length - left.length));
    }
  };
  await dropSegmentsBefore(new WalDisk(model, { beforeChange: check }), folder, 4);
  expect(states).toBeGreaterThan(5);
});
