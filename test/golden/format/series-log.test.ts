/** The bytes of a series log: a whole file and a further one behind it. */
import { readFileSync } from "node:fs";
import { DiskModel } from "#test/sim/disk-model.ts";
import { WalDisk } from "#test/sim/wal-disk.ts";
import { cutAfter, logCutOf, openSeriesLog, seqOf } from "#test/support/series-log-rig.ts";
import { expect, test } from "vitest";

const golden = JSON.parse(
  readFileSync(new URL("./series-log.json", import.meta.url), "utf8"),
) as Readonly<Record<string, readonly string[]>>;
const FOLDER = "shards/00003/series";

async function bytesOf(disk: WalDisk, name: string): Promise<string> {
  const file = await disk.open(`${FOLDER}/${name}`, "read");
  const bytes = new Uint8Array(await file.size());
  await file.pread(bytes, 0);
  return bytes.toHex();
}

test("two lives of a cut each leave these files", async () => {
  const disk = new WalDisk(new DiskModel());
  const first = cutAfter(undefined, 2, () => false);
  const second = cutAfter(first, 1, (ref) => ref === 0);
  for (const [before, cut] of [
    [undefined, first],
    [first, second],
  ] as const) {
    const { log } = await openSeriesLog(disk, seqOf(before));
    await log.append(logCutOf(cut));
  }
  for (const [name, lines] of Object.entries(golden)) {
    expect(await bytesOf(disk, name)).toBe(lines.join(""));
  }
  expect(Object.keys(golden)).toEqual(disk.model.list(FOLDER));
});
