/**
 * Power cuts at every moment of the way from the log into blocks: cut, flush, series log, manifest,
 * switch, merge, truncation, and the starts behind them. `keeper-world.ts` holds the oracle.
 */
import { assert } from "#base/assert.ts";
import type { Random } from "#runtime/ports/random.ts";
import { SeededRandom } from "#runtime/seeded-random.ts";
import { crash } from "../disk-crash.ts";
import { DiskModel } from "../disk-model.ts";
import type { KeeperHistory, KeeperMistake } from "../keeper-node.ts";
import { checkKeeper, freshHistory, liveKeeper } from "../keeper-world.ts";
import { chance, pick } from "../sim-random.ts";
import { WalDisk, type WalDiskHooks, type WalFault } from "../wal-disk.ts";

/** Crash states looked at per moment; more moments find more than more states of one. */
const STATES_MAX = 3;
/** Share of the states that are lived on in, with crashes inside that recovery. */
const NESTED_SHARE = 0.05;
/** A life inside a crash state is short: its start is what matters. */
const NESTED_STEPS = 12;

export interface KeeperCrashOptions {
  readonly lives: number;
  readonly steps: number;
  /** Share of the moments that are looked at. */
  readonly rate: number;
  readonly mistake?: KeeperMistake;
  readonly faultRate?: number;
  /** Crashes inside the recovery of a crash, so many deep. */
  readonly depth?: number;
}

/** Several lives, each ended by a crash into one of the states that it might leave. */
export async function crashKeeper(seed: number, options: KeeperCrashOptions): Promise<number> {
  const random = new SeededRandom(seed);
  const { lives, depth = 1 } = options;
  const crashes = new KeeperCrashes(random, options);
  const history = freshHistory();
  let model = new DiskModel();
  for (let life = 1; life <= lives; life++) {
    await crashes.live(model, history, life, depth);
    model = DiskModel.from(crash(model, random, { noise: "beyond-end" }));
    await checkKeeper(new WalDisk(model), history);
  }
  assert(history.acked.size > lives, "keeper: next to nothing was acknowledged");
  return crashes.tried;
}

class KeeperCrashes {
  readonly #random: Random;
  readonly #options: KeeperCrashOptions;
  tried = 0;

  constructor(random: Random, options: KeeperCrashOptions) {
    this.#random = random;
    this.#options = options;
  }

  /** A life on `model`, looked at by crashes `depth` deep; `outer` of them are around it. */
  async live(
    model: DiskModel,
    history: KeeperHistory,
    life: number,
    depth: number,
    steps: number = this.#options.steps,
  ): Promise<void> {
    const { mistake = null, faultRate = 0 } = this.#options;
    const random = this.#random;
    const faultAt: WalDiskHooks["faultAt"] = () =>
      chance(random, faultRate) ? pick<WalFault>(random, ["io", "no-space", "short"]) : null;
    const beforeChange = (): Promise<void> => this.#look(model, history, life, depth);
    const disk = new WalDisk(model, { faultAt, beforeChange });
    await liveKeeper(disk, history, { random, life, steps, mistake });
  }

  async #look(
    model: DiskModel,
    history: KeeperHistory,
    life: number,
    depth: number,
  ): Promise<void> {
    if (depth === 0 || !chance(this.#random, this.#options.rate)) return;
    for (let state = 0; state < STATES_MAX; state++) {
      this.tried++;
      const crashed = DiskModel.from(crash(model, this.#random, { noise: "beyond-end" }));
      await checkKeeper(new WalDisk(crashed), history);
      if (depth === 1 || !chance(this.#random, NESTED_SHARE)) continue;
      const { number, sent, acked } = history;
      const next = { number, sent: new Set(sent), acked: new Set(acked) };
      await this.live(crashed, next, life + 1, depth - 1, NESTED_STEPS);
      await checkKeeper(new WalDisk(crashed), next);
    }
  }
}
