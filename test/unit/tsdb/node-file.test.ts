import { expect, test } from "vitest";
import { crc32c } from "#base/hash/crc32c.ts";
import {
  formatNodeFile,
  keepNodeFileSpare,
  NO_LOG,
  parseNodeFile,
  readNodeFile,
  writeNodeFile,
  type NodeMeta,
} from "#tsdb/node-file.ts";
import { enumerateCrashStates } from "#test/sim/disk-crash-states.ts";
import { DiskModel } from "#test/sim/disk-model.ts";
import { WalDisk } from "#test/sim/wal-disk.ts";

const meta: NodeMeta = {
  clusterUuid: "00112233445566778899aabbccddeeff",
  nodeId: "node-1",
  shardCount: 4,
  hashSeed: [0xffff_fffe, 1],
  lanes: 4,
  bootCount: 1,
  shardLogs: [0, 1, 0, NO_LOG],
};

test("what is written is read", async () => {
  const disk = new WalDisk(new DiskModel());
  expect(await readNodeFile(disk)).toBeNull();
  await writeNodeFile(disk, meta);
  expect(await readNodeFile(disk)).toEqual(meta);
  expect(formatNodeFile(meta)).toContain('"hashSeed":"00000001fffffffe"');
});

test("a power cut at any moment leaves the old or the new file", async () => {
  const model = new DiskModel();
  await writeNodeFile(new WalDisk(model), meta);
  const next = { ...meta, bootCount: 2 };
  const seen = new Set<number>();
  let isWritten = false;
  const check = async (): Promise<void> => {
    for (const snapshot of enumerateCrashStates(model, 50)) {
      const found = await readNodeFile(new WalDisk(DiskModel.from(snapshot)));
      expect([meta, next]).toContainEqual(found);
      if (isWritten) expect(found).toEqual(next);
      seen.add(found!.bootCount);
      // And a new attempt succeeds over whatever is lying there.
      await writeNodeFile(new WalDisk(DiskModel.from(snapshot)), next);
    }
  };
  await writeNodeFile(new WalDisk(model, { beforeChange: check }), next);
  isWritten = true;
  await check();
  expect(seen).toEqual(new Set([1, 2]));
});

test("with its spare it is written on a full disk, again and again", async () => {
  const model = new DiskModel();
  // Overwriting what is there is all that a full disk lets one do.
  let isFull = false;
  let grown = 0;
  const faultAt = (_: number, operation: string): "no-space" | null =>
    isFull && (operation === "create" || grown < model.usedBytes()) ? "no-space" : null;
  const disk = new WalDisk(model, { faultAt });
  await writeNodeFile(disk, meta);
  await keepNodeFileSpare(disk, meta);
  isFull = true;
  grown = model.usedBytes();
  await writeNodeFile(disk, { ...meta, bootCount: 2 });
  expect(await readNodeFile(disk)).toEqual({ ...meta, bootCount: 2 });
  // No room for another spare: that is no error, and without one the next write is.
  await keepNodeFileSpare(disk, meta);
  await expect(writeNodeFile(disk, meta)).rejects.toThrow(/cannot create node.json.new/);
  isFull = false;
  await keepNodeFileSpare(disk, meta);
  const whole = model.usedBytes();
  await writeNodeFile(disk, { ...meta, shardLogs: [1, 1, 1, 1] });
  expect(model.usedBytes()).toBeLessThan(whole);
});

test.each([
  ["not json", '{"file":', /content got ".*", want JSON/],
  ["a list", "[]", /content got \[\], want an object/],
  ["another file", '{"file":"x"}', /file got "x", want "gyre-node"/],
])("refuses %s", (_, text, message) => {
  expect(() => parseNodeFile(text)).toThrow(message);
});

test.each([
  ["version", 1, /version got 1, want at most 0/],
  ["shardCount", 48, /shardCount got 48, want a power of two/],
  ["shardCount", 65_536, /shardCount got 65536, want an integer from 1 to 32768/],
  ["hashSeed", "12", /hashSeed got "12", want 16 hex digits/],
  ["clusterUuid", undefined, /clusterUuid got nothing, want 32 hex digits/],
  ["nodeId", "../x", /nodeId got "..\/x"/],
  ["lanes", 0, /lanes got 0/],
  ["bootCount", 1.5, /bootCount got 1.5/],
  ["shardLogs", [0, 1], /shardLogs got 2 entries, want 4 entries/],
  ["shardLogs", [0, 1, 2, "3"], /shardLogs\[3\] got "3", want an integer from -1 to 9999/],
])("refuses %s = %j", (field, value, message) => {
  const { crc: _, ...rest } = JSON.parse(formatNodeFile(meta)) as Record<string, unknown>;
  const file = { ...rest, [field]: value };
  const crc = crc32c(new TextEncoder().encode(JSON.stringify(file)))
    .toString(16)
    .padStart(8, "0");
  expect(() => parseNodeFile(JSON.stringify({ ...file, crc }))).toThrow(message);
});

test("a changed character is noticed", () => {
  const text = formatNodeFile(meta);
  expect(() => parseNodeFile(text.replace('"lanes":4', '"lanes":5'))).toThrow(/crc got/);
});
