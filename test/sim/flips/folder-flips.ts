/**
 * Bits of a whole data folder: log, series logs, manifests and blocks of two shards after several
 * lives. A node starts on it and reads everything: what it shows was stored, and what it does not
 * show any more it has spoken of.
 */
import { EngineError } from "#base/engine-error.ts";
import { SeededRandom } from "#runtime/seeded-random.ts";
import { DiskModel, type DiskSnapshot } from "../disk-model.ts";
import { KeeperViolation } from "../keeper-node.ts";
import { freshHistory, liveKeeper, readKeeper } from "../keeper-world.ts";
import { WalDisk } from "../wal-disk.ts";
import type { FlipSubject, FlipVerdict } from "./flip-target.ts";

const LIVES = 2;
const STEPS = 80;

export async function folderFlips(seed: number): Promise<FlipSubject> {
  const random = new SeededRandom(seed);
  const model = new DiskModel();
  const history = freshHistory();
  for (let life = 1; life <= LIVES; life++) {
    await liveKeeper(new WalDisk(model), history, { random, life, steps: STEPS });
  }
  const snapshot = model.liveSnapshot();
  const read = (bytes: DiskSnapshot) => readKeeper(new WalDisk(DiskModel.from(bytes)));
  const intact = await read(snapshot);
  return {
    snapshot,
    judge: async (changed): Promise<FlipVerdict> => {
      try {
        const { samples, reports, tornBytes } = await read(changed);
        const found = new Set(samples);
        if (found.size < samples.length) return { fault: "a sample is in two parts" };
        const made = samples.find((sample) => !history.sent.has(sample));
        if (made !== undefined) return { fault: `never sent: ${made}` };
        const isNamed = reports.length > intact.reports.length || tornBytes > intact.tornBytes;
        if (isNamed) return "named";
        const lost = intact.samples.find((sample) => !found.has(sample));
        return lost === undefined ? "right" : { fault: `lost without a word: ${lost}` };
      } catch (error) {
        if (error instanceof EngineError || error instanceof KeeperViolation) return "named";
        throw error;
      }
    },
  };
}
