/**
 * Covers: src/tsdb/series-log/
 */
import { isErrorOf } from "#base/engine-error.ts";
import { FORMAT_UNSUPPORTED } from "#storage/storage-errors.ts";
import { DiskModel } from "#test/sim/disk-model.ts";
import { WalDisk, type WalFault } from "#test/sim/wal-disk.ts";
import {
  cutAfter,
  logCutOf,
  openSeriesLog,
  seqOf,
  seriesLogOwner,
  type PlainCut,
} from "#test/support/series-log-rig.ts";
import { encodeFileHeader } from "#tsdb/block/file-header.ts";
import { SERIES_LOG_FORMAT } from "#tsdb/series-log/series-log-format.ts";
import { expect, test } from "vitest";

const FOLDER = "shards/00003/series";

/** Lives of one cut each; returns the disk and the cuts. */
async function lives(count: number): Promise<{ model: DiskModel; cuts: PlainCut[] }> {
  const model = new DiskModel();
  const cuts: PlainCut[] = [];
  for (let i = 0; i < count; i++) {
    const { log } = await openSeriesLog(new WalDisk(model), seqOf(cuts.at(-1)));
    const cut = cutAfter(cuts.at(-1), 5, (ref) => ref % 7 === i);
    await log.append(logCutOf(cut));
    await log.close();
    cuts.push(cut);
  }
  return { model, cuts };
}

async function change(model: DiskModel, path: string, offset: number): Promise<void> {
  const file = await new WalDisk(model).open(path, "write");
  const byte = new Uint8Array(1);
  await file.pread(byte, offset);
  byte[0] = byte[0]! ^ 4;
  await file.pwrite(byte, offset);
}

test("cuts of many lives are read back, and old files go with a rewrite", async () => {
  const { model, cuts } = await lives(20);
  const last = cuts.at(-1)!;
  const { live, generation, loaded, log } = await openSeriesLog(new WalDisk(model), seqOf(last));
  expect(live).toEqual(last.live);
  expect(generation).toBe(20);
  // The 17th life found too many files.
  expect(loaded.fileIds).toEqual([17, 18, 19, 20]);
  expect(loaded.corruptions).toEqual([]);
  await log.removeOld();
  expect(model.list(FOLDER)).toEqual([17, 18, 19, 20].map((id) => `000000${id}.srl`));
});

test("a file of mostly dead series is rewritten", async () => {
  const model = new DiskModel();
  const disk = new WalDisk(model);
  const { log } = await openSeriesLog(disk, 0);
  const large = cutAfter(undefined, 6000, () => false);
  await log.append(logCutOf(large, 500));
  const small = cutAfter(large, 10, (ref) => ref < 5990);
  await log.append(logCutOf(small));
  expect(model.list(FOLDER).length).toBe(2);
  await log.removeOld();
  expect(model.list(FOLDER)).toEqual(["00000002.srl"]);
  const again = await openSeriesLog(disk, seqOf(small));
  expect(again.live).toEqual(small.live);
  expect(again.loaded.seriesCount).toBe(20);
});

test("what the manifest does not know of is passed over, and dead for the next life", async () => {
  const { model, cuts } = await lives(3);
  const [, second, third] = cuts;
  const { live, log, loaded } = await openSeriesLog(new WalDisk(model), seqOf(second));
  expect(live).toEqual(second!.live);
  expect(loaded.fileIds).toEqual([1, 2]);
  const other = cutAfter(second, 2, () => false);
  await log.append(logCutOf(other));
  const again = await openSeriesLog(new WalDisk(model), seqOf(other));
  expect(again.live).toEqual(other.live);
  expect(again.live).not.toEqual(third!.live);
  expect(again.loaded.fileIds).toEqual([1, 2, 4]);
});

test("damage inside loses the record at fault, is named, and healed by the next cut", async () => {
  const { model, cuts } = await lives(2);
  // The first record of the whole file: three series.
  await change(model, `${FOLDER}/00000001.srl`, 64 + 16 + 40);
  const { live, loaded, log } = await openSeriesLog(new WalDisk(model), seqOf(cuts[1]));
  expect(loaded.corruptions).toMatchObject([
    { kind: "records", path: `${FOLDER}/00000001.srl`, offset: 64 },
  ]);
  expect(live).toEqual(cuts[1]!.live.filter((ref) => ref > 2));
  const next = cutAfter({ ...cuts[1]!, live }, 1, () => false);
  await log.append(logCutOf(next));
  const again = await openSeriesLog(new WalDisk(model), seqOf(next));
  expect(again.loaded).toMatchObject({ corruptions: [], fileIds: [3] });
  expect(again.live).toEqual(next.live);
});

test("a log that ends before the flushed cut, or whose head is damaged, is named", async () => {
  const { model, cuts } = await lives(3);
  const short = await openSeriesLog(new WalDisk(model), seqOf(cuts[2]) + 10);
  expect(short.loaded.corruptions).toMatchObject([{ kind: "short" }]);
  await change(model, `${FOLDER}/00000003.srl`, 20);
  const { loaded, live } = await openSeriesLog(new WalDisk(model), seqOf(cuts[2]));
  expect(loaded.corruptions).toMatchObject([
    { kind: "file", path: `${FOLDER}/00000003.srl` },
    { kind: "short" },
  ]);
  expect(live).toEqual(cuts[1]!.live);
});

test("newer versions are refused by name", async () => {
  const disk = new WalDisk(new DiskModel());
  await disk.mkdir(FOLDER);
  const file = await disk.open(`${FOLDER}/00000001.srl`, "create");
  const format = { ...SERIES_LOG_FORMAT, versionMajor: 1 };
  await file.pwrite(encodeFileHeader(format, seriesLogOwner, 1, 0), 0);
  await expect(openSeriesLog(disk, 0)).rejects.toSatisfy((error) =>
    isErrorOf(error, FORMAT_UNSUPPORTED),
  );
});

test.each(["io", "no-space", "short"] as const)(
  "%s at any operation: the cut is tried again and nothing is lost",
  async (fault: WalFault) => {
    for (let at = 0; at < 40; at++) {
      const { model, cuts } = await lives(2);
      const faultAt = (index: number): WalFault | null => (index === at ? fault : null);
      const disk = new WalDisk(model, { faultAt });
      const { log } = await openSeriesLog(disk, seqOf(cuts[1]));
      const next = cutAfter(cuts[1], 4, (ref) => ref === 6);
      const after = cutAfter(next, 3, (ref) => ref === 8);
      for (const cut of [next, after]) {
        try {
          await log.append(logCutOf(cut));
        } catch {
          await log.append(logCutOf(cut));
        }
      }
      const { live, loaded } = await openSeriesLog(new WalDisk(model), seqOf(after));
      expect(live).toEqual(after.live);
      expect(loaded.corruptions).toEqual([]);
    }
  },
);
