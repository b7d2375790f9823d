/**
 * Damage to a log at rest: flipped bits, zeroed, short, missing and misplaced segments.
 * Covers: src/tsdb/wal/segment-plan.ts, src/tsdb/wal/segment-salvage.ts
 * Covers: src/tsdb/wal/segment-scanner.ts
 */
import { expect, test } from "vitest";
import { SeededRandom } from "#runtime/seeded-random.ts";
import { SEGMENT_HEADER_BYTES } from "#tsdb/wal/segment-format.ts";
import { DiskModel, type DiskSnapshot } from "./disk-model.ts";
import { between } from "./sim-random.ts";
import { WalDisk } from "./wal-disk.ts";
import { live, readWal, type WalContent, type WalHistory } from "./wal-world.ts";

/** A log of three lives; the last one ends without closing when `isOpenEnded`. */
async function makeLog(seed: number, isOpenEnded: boolean): Promise<DiskSnapshot> {
  const random = new SeededRandom(seed);
  const model = new DiskModel();
  const history: WalHistory = { entries: [], promised: 0 };
  for (let life = 0; life < 3; life++) {
    await live(model, history, { records: 10, isClosed: !isOpenEnded || life < 2, random });
  }
  return model.liveSnapshot();
}

function readChanged(
  log: DiskSnapshot,
  path: string,
  change: (bytes: Uint8Array) => Uint8Array | null,
): Promise<WalContent> {
  const changed = new Map(log);
  const bytes = change(log.get(path)!.slice());
  if (bytes === null) changed.delete(path);
  else changed.set(path, bytes);
  return readWal(new WalDisk(DiskModel.from(changed)));
}

function segmentsOf(log: DiskSnapshot): [string, Uint8Array][] {
  return [...log].filter((entry): entry is [string, Uint8Array] => entry[1] !== null);
}

function isReported({ recovery }: WalContent, intact: WalContent): boolean {
  return recovery.corruptionCount > 0 || recovery.tornBytes > intact.recovery.tornBytes;
}

test.each([
  { seed: 1, isOpenEnded: false },
  { seed: 2, isOpenEnded: true },
])("a flipped bit is reported or harmless: $isOpenEnded", async ({ seed, isOpenEnded }) => {
  const log = await makeLog(seed, isOpenEnded);
  const intact = await readWal(new WalDisk(DiskModel.from(log)));
  expect(intact.numbers).toHaveLength(30);
  const random = new SeededRandom(seed);
  const tail = intact.recovery.resume.tail;
  let reported = 0;
  for (const [path, bytes] of segmentsOf(log)) {
    for (let at = 0; at < bytes.length; at += 5) {
      const content = await readChanged(log, path, (copy) => {
        copy[at]! ^= 1 << between(random, 0, 7);
        return copy;
      });
      const lost = intact.numbers.filter((number) => !content.numbers.includes(number));
      const where = `${path} byte ${at}`;
      if (lost.length > 0) expect(isReported(content, intact), where).toBe(true);
      if (isReported(content, intact)) reported++;
      const isTail =
        tail !== null && path.endsWith(`${tail.segmentId}.wal`) && at >= tail.start - 64;
      // Damage costs the record it is in, a damaged header nothing, a damaged end what follows.
      if (!isTail) expect(lost.length, where).toBeLessThanOrEqual(1);
      if (at < SEGMENT_HEADER_BYTES) expect(lost, where).toEqual([]);
      expect(content.numbers, where).toEqual(intact.numbers.filter((n) => !lost.includes(n)));
    }
  }
  expect(reported).toBeGreaterThan(500);
});

test("damage stays reported and good records stay readable in later lives", async () => {
  const log = await makeLog(3, false);
  const [path, bytes] = segmentsOf(log)[1]!;
  const changed = new Map(log);
  const copy = bytes.slice();
  copy[200]! ^= 4;
  changed.set(path, copy);
  const model = DiskModel.from(changed);
  const first = await readWal(new WalDisk(model));
  expect(first.numbers).toHaveLength(29);
  expect(first.recovery.corruptions.map(({ kind }) => kind)).toEqual(["record", "gap"]);
  const again = await readWal(new WalDisk(model));
  expect(again.numbers).toEqual(first.numbers);
  expect(segmentsOf(model.liveSnapshot())).toEqual(segmentsOf(changed));
});

test("a missing, short, zeroed or misplaced segment is reported", async () => {
  const log = await makeLog(4, false);
  const intact = await readWal(new WalDisk(DiskModel.from(log)));
  // The newest file may hold a closing mark only; the oldest may have been dropped on purpose.
  const inner = segmentsOf(log).slice(1, -1);
  expect(inner.length).toBeGreaterThan(2);
  for (const [path, bytes] of inner) {
    const half = Math.floor(bytes.length / 16) * 8;
    const changes: Record<string, (copy: Uint8Array) => Uint8Array | null> = {
      missing: () => null,
      empty: () => new Uint8Array(0),
      short: (copy) => copy.subarray(0, half),
      "first sector zeroed": (copy) => copy.fill(0, 0, 512),
      "middle zeroed": (copy) => copy.fill(0, half, half + 64),
      "all zeroed": (copy) => copy.fill(0),
      misplaced: () => segmentsOf(log)[0]![1],
    };
    for (const [name, change] of Object.entries(changes)) {
      const content = await readChanged(log, path, change);
      const isWhole = content.numbers.length === intact.numbers.length;
      expect(isWhole || isReported(content, intact), `${path} ${name}`).toBe(true);
      expect(content.recovery.corruptionCount, `${path} ${name}`).toBeGreaterThan(0);
    }
  }
});

test("empty and short files at the end are the remains of a creation", async () => {
  const log = await makeLog(5, true);
  const intact = await readWal(new WalDisk(DiskModel.from(log)));
  const newest = intact.recovery.resume.nextSegmentId;
  const path = `wal/0007/${String(newest).padStart(8, "0")}.wal`;
  for (const size of [0, 1, 63, 64, 4096]) {
    const content = await readWal(
      new WalDisk(DiskModel.from(new Map(log).set(path, new Uint8Array(size)))),
    );
    expect(content.numbers).toEqual(intact.numbers);
    expect(content.recovery.corruptionCount).toBe(0);
    expect(content.recovery.resume).toEqual({
      ...intact.recovery.resume,
      nextSegmentId: newest + 1,
    });
  }
});
