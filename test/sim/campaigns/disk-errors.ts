/**
 * A disk that fails at the n-th operation, for all n of a life: once with an error, with a short
 * write, and full from there on for a while. Nothing is acknowledged that a power cut right after
 * could lose; what was acknowledged can be read all along; samples are taken again without a start.
 */
import { EngineError } from "#base/engine-error.ts";
import { SeededRandom } from "#runtime/seeded-random.ts";
import { crash } from "../disk-crash.ts";
import { DiskModel } from "../disk-model.ts";
import type { KeeperMistake } from "../keeper-node.ts";
import { checkKeeper, freshHistory, liveKeeper } from "../keeper-world.ts";
import { WalDisk, type WalFault } from "../wal-disk.ts";
import type { CampaignOptions, CampaignResult } from "./campaign.ts";

const STEPS = 60;
/** A life before, so that there are blocks, a series log and a tail to take over. */
const FIRST_STEPS = 60;
/** Operations that find the disk full: more than a flush makes. */
const FULL_OPERATIONS = 40;
/** Operations after the failed one before which the power is cut. */
const LOOKS_MAX = 3;
const FAULTS_MAX = 10;
const PROGRESS_POINTS = 500;

interface DiskErrorKind {
  readonly fault: WalFault;
  readonly operations: number;
}

/** An error comes once: a log that fails twice in a row is given up until the next start. */
const KINDS: readonly DiskErrorKind[] = [
  { fault: "io", operations: 1 },
  { fault: "short", operations: 1 },
  { fault: "no-space", operations: 1 },
  { fault: "no-space", operations: FULL_OPERATIONS },
];

export interface DiskErrorOptions {
  /** Of how many operations one fails in a life of its own: small runs leave some out. */
  readonly stride?: number;
  /** What a test plants, to be found. */
  readonly mistake?: KeeperMistake | null;
}

export async function runDiskErrors(
  options: CampaignOptions,
  { stride = 1, mistake = null }: DiskErrorOptions = {},
): Promise<CampaignResult> {
  const { seed, count, progress } = options;
  const faults: string[] = [];
  let points = 0;
  let seeds = 0;
  while (points < count && faults.length < FAULTS_MAX) {
    const one = seed + seeds++;
    for (const kind of KINDS) {
      let isReached = true;
      for (let nth = 0; isReached && points < count && faults.length < FAULTS_MAX; nth += stride) {
        try {
          isReached = await liveWith(one, kind, nth, mistake);
          points++;
        } catch (error) {
          const cause = error instanceof Error ? error.stack : String(error);
          faults.push(`seed ${one}, ${kind.fault} x ${kind.operations} at ${nth}: ${cause}`);
          progress(faults.at(-1)!);
        }
        if (points % PROGRESS_POINTS === 0) progress(`  ${points} points`);
      }
    }
  }
  const line = `disk-errors: seed ${seed}, ${points} points in ${seeds} lives, ${faults.length} faults`;
  return { lines: [line], faults };
}

/** False when the life has no `nth` operation. */
async function liveWith(
  seed: number,
  kind: DiskErrorKind,
  nth: number,
  mistake: KeeperMistake | null,
): Promise<boolean> {
  const random = new SeededRandom(seed);
  const model = new DiskModel();
  const history = freshHistory();
  await liveKeeper(new WalDisk(model), history, { random, life: 1, steps: FIRST_STEPS });
  let isHealed = false;
  let isReached = false;
  let looks = 0;
  const look = async (): Promise<void> => {
    if (!isReached || looks++ >= LOOKS_MAX) return;
    const crashed = DiskModel.from(crash(model, random, { noise: "beyond-end" }));
    await checkKeeper(new WalDisk(crashed), history);
  };
  const faultAt = (index: number): WalFault | null => {
    const isFailing = !isHealed && index >= nth && index < nth + kind.operations;
    isReached ||= isFailing;
    return isFailing ? kind.fault : null;
  };
  const heal = (): void => void (isHealed = true);
  try {
    const disk = new WalDisk(model, { faultAt, beforeChange: look });
    await liveKeeper(disk, history, { random, life: 2, steps: STEPS, heal, mistake });
  } catch (error) {
    // A start may fail, and say why; the next one must not.
    if (!(error instanceof EngineError)) throw error;
  }
  const crashed = DiskModel.from(crash(model, random, { noise: "beyond-end" }));
  await checkKeeper(new WalDisk(crashed), history);
  return isReached;
}
