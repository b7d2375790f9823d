/**
 * Bits of log segments. A flip may cost the record that it is in, which is then reported; it may
 * shorten the log behind the last position known durable, as a torn end does; never more.
 */
import { SeededRandom } from "#runtime/seeded-random.ts";
import { DiskModel } from "../disk-model.ts";
import { WalDisk } from "../wal-disk.ts";
import { live, readWal, type WalHistory } from "../wal-world.ts";
import type { FlipSubject, FlipVerdict } from "./flip-target.ts";

const LIVES = 3;
const RECORDS_PER_LIFE = 10;
/** Before the tail lies the mark of its batch. */
const MARK_BYTES = 64;

export async function logFlips(seed: number): Promise<FlipSubject> {
  const random = new SeededRandom(seed);
  const model = new DiskModel();
  const history: WalHistory = { entries: [], promised: 0 };
  for (let life = 0; life < LIVES; life++) {
    const isClosed = life < LIVES - 1 || seed % 2 === 0;
    await live(model, history, { records: RECORDS_PER_LIFE, isClosed, random });
  }
  const snapshot = model.liveSnapshot();
  const intact = await readWal(new WalDisk(model));
  const { tail } = intact.recovery.resume;
  return {
    snapshot,
    judge: async (changed, path, offset): Promise<FlipVerdict> => {
      const { numbers, recovery } = await readWal(new WalDisk(DiskModel.from(changed)));
      const { corruptionCount, tornBytes } = recovery;
      const isReported = corruptionCount > 0 || tornBytes > intact.recovery.tornBytes;
      const found = new Set(numbers);
      const lost = intact.numbers.filter((number) => !found.has(number));
      const kept = intact.numbers.filter((number) => found.has(number));
      if (String(kept) !== String(numbers)) return { fault: "records changed places" };
      if (lost.length > 0 && !isReported) return { fault: `lost ${lost} without a word` };
      const isTail =
        tail !== null &&
        path.endsWith(`${tail.segmentId}.wal`) &&
        offset >= tail.start - MARK_BYTES;
      if (!isTail && lost.length > 1) return { fault: `one bit cost the records ${lost}` };
      return isReported ? "named" : "right";
    },
  };
}
