/** A log of several finished segments and one that is still open, in memory, to be damaged. */
import { SeededRandom } from "#runtime/seeded-random.ts";
import { logFolder, segmentName } from "#tsdb/wal/segment-format.ts";
import { DiskModel } from "#test/sim/disk-model.ts";
import type { DiskSnapshot } from "#test/sim/disk-model.ts";
import { WalDisk } from "#test/sim/wal-disk.ts";
import { live, walIdentity } from "#test/sim/wal-world.ts";
import type { WalHistory } from "#test/sim/wal-world.ts";

export async function makeClosedLog(): Promise<DiskSnapshot> {
  const random = new SeededRandom(3);
  const model = new DiskModel();
  const history: WalHistory = { entries: [], promised: 0 };
  for (let life = 0; life < 2; life++) {
    await live(model, history, { records: 20, isClosed: life === 0, random });
  }
  return model.liveSnapshot();
}

export function segmentPath(segmentId: number): string {
  return `${logFolder(walIdentity.logId)}/${segmentName(segmentId)}`;
}

/** The disk with one file changed, or gone when `change` returns null. */
export function changedDisk(
  log: DiskSnapshot,
  segmentId: number,
  change: (bytes: Uint8Array) => Uint8Array | null,
): WalDisk {
  const changed = new Map(log);
  const path = segmentPath(segmentId);
  const bytes = change(log.get(path)!.slice());
  if (bytes === null) changed.delete(path);
  else changed.set(path, bytes);
  return new WalDisk(DiskModel.from(changed));
}

export function flipBit(at: number, bit: number): (bytes: Uint8Array) => Uint8Array {
  return (bytes) => {
    bytes[at]! ^= 1 << bit;
    return bytes;
  };
}
