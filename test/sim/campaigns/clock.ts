/**
 * Steps of the server's wall clock under load: an hour back, an hour ahead, 400 days ahead, back to
 * the truth; starts in between, by a clock that is wrong. Senders know the time. Every sample of
 * theirs must be taken and stay readable for as long as raw samples are kept; samples more than ten
 * minutes past trusted now must be refused in words.
 */
import { SeededRandom } from "#runtime/seeded-random.ts";
import { labelsOf } from "#model/labels.ts";
import type { Random } from "#runtime/ports/random.ts";
import { VERDICT_TOO_FAR_AHEAD } from "#storage/verdict.ts";
import { bitsOf } from "#test/support/batch-builder.ts";
import { TIER_AGES_DEFAULT } from "#tsdb/retention/retention-options.ts";
import { DiskModel } from "../disk-model.ts";
import { KEEPER_SHARDS, type KeeperHistory, type KeeperRow } from "../keeper-node.ts";
import { between, chance, pick } from "../sim-random.ts";
import { TimedNode } from "../timed-node.ts";
import { WalDisk } from "../wal-disk.ts";
import type { CampaignOptions, CampaignResult } from "./campaign.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS: number = 24 * HOUR_MS;
const START_MS: number = Date.UTC(2026, 0, 1);
/** Where the wall clock may stand, as a distance from the truth. */
const WALL_ERRORS_MS = [0, -HOUR_MS, HOUR_MS, 400 * DAY_MS] as const;
/** Longer than raw samples are kept, so that a life also sees some go. */
const LIFE_DAYS = 9;
/** A start on a clock that is behind trusts the newest sample: it must not be long ago. */
const STEP_MS: number = 5 * MINUTE_MS;
const SERIES = 2;
const CLOCK_STEP_SHARE = 0.05;
const RESTART_SHARE = 0.01;
const FUTURE_SHARE = 0.1;
const FUTURE_MS: number = 10 * MINUTE_MS;
const RAW_MS: number = TIER_AGES_DEFAULT[0];
const FAULTS_MAX = 5;
const SEGMENT_BYTES_MAX = 16_384;
const RING_BYTES: number = 4 * 1024 * 1024;
const HEAD_BYTES_MAX: number = 4 * 1024 * 1024;

interface LifeCounts {
  steps: number;
  starts: number;
  samples: number;
  refused: number;
  /** Samples that retention took in time. */
  expired: number;
}

/** `count`: steps of the clock. */
export async function runClock(
  { seed, count, progress }: CampaignOptions,
  lifeDays: number = LIFE_DAYS,
): Promise<CampaignResult> {
  const total: LifeCounts = { steps: 0, starts: 0, samples: 0, refused: 0, expired: 0 };
  const faults: string[] = [];
  let lives = 0;
  while (total.steps < count && faults.length < FAULTS_MAX) {
    const one = seed + lives++;
    try {
      const life = new ClockLife(new SeededRandom(one), total);
      await life.run(lifeDays);
      progress(`  seed ${one}: ${total.steps} steps of the clock, ${total.samples} samples`);
    } catch (error) {
      faults.push(`seed ${one}: ${error instanceof Error ? error.message : "no error"}`);
      progress(faults.at(-1)!);
    }
  }
  const { steps, starts, samples, refused, expired } = total;
  const line =
    `clock: seed ${seed}, ${steps} steps of the clock and ${starts} starts in ${lives} lives of ` +
    `${lifeDays} days; ${samples} good samples taken, ${refused} from the future refused, ` +
    `${expired} past their age; ${faults.length} faults`;
  return { lines: [line], faults };
}

class ClockLife {
  readonly #random: Random;
  readonly #total: LifeCounts;
  readonly #history: KeeperHistory = { number: 0, sent: new Set(), acked: new Set() };
  readonly #model = new DiskModel();
  #elapsedMs = 0;
  #wallErrorMs = 0;
  #life = 0;
  #timed: TimedNode;

  constructor(random: Random, total: LifeCounts) {
    this.#random = random;
    this.#total = total;
    this.#timed = this.#create();
  }

  async run(days: number): Promise<void> {
    await this.#timed.open();
    for (let step = 1; step * STEP_MS <= days * DAY_MS; step++) {
      this.#elapsedMs += STEP_MS;
      if (chance(this.#random, CLOCK_STEP_SHARE)) this.#stepClock();
      if (chance(this.#random, RESTART_SHARE)) await this.#restart();
      for (const shard of KEEPER_SHARDS) this.#timed.node.send(shard, this.#goodRows(shard));
      await this.#timed.work();
      this.#wantNoRejection();
      if (chance(this.#random, FUTURE_SHARE)) await this.#sendFuture();
    }
    await this.#wantKept();
  }

  get #trueMs(): number {
    return START_MS + this.#elapsedMs;
  }

  #create(): TimedNode {
    return new TimedNode({
      disk: new WalDisk(this.#model),
      history: this.#history,
      life: ++this.#life,
      random: this.#random,
      clock: {
        wallMs: () => this.#trueMs + this.#wallErrorMs,
        monoMs: () => this.#elapsedMs,
      },
      segmentBytesMax: SEGMENT_BYTES_MAX,
      ringBytes: RING_BYTES,
      headBytesMax: HEAD_BYTES_MAX,
    });
  }

  #stepClock(): void {
    this.#wallErrorMs = pick(this.#random, WALL_ERRORS_MS);
    this.#total.steps++;
  }

  async #restart(): Promise<void> {
    this.#timed = this.#create();
    await this.#timed.open();
    this.#total.starts++;
  }

  #goodRows(shard: number): KeeperRow[] {
    return Array.from({ length: SERIES }, (_, i) => {
      const series = labelsOf([["__name__", `s${shard}-${i}`]]);
      const value = ++this.#history.number / 3;
      return {
        series,
        timestampMs: this.#trueMs - between(this.#random, 0, 999),
        bits: bitsOf(value),
      };
    });
  }

  #wantNoRejection(): void {
    const [rejection] = this.#timed.node.rejections;
    if (rejection === undefined) return;
    const { verdict, series } = rejection;
    throw new Error(
      `a good sample of ${series} got verdict ${verdict}, clock ${this.#wallErrorMs}`,
    );
  }

  async #sendFuture(): Promise<void> {
    const { node, trustedMs } = this.#timed;
    const timestampMs = trustedMs + FUTURE_MS + between(this.#random, 1, DAY_MS);
    node.send(KEEPER_SHARDS[0]!, [
      { series: labelsOf([["__name__", "s0-0"]]), timestampMs, bits: bitsOf(1) },
    ]);
    await this.#timed.work();
    const verdicts = node.rejections.splice(0).map(({ verdict }) => verdict);
    if (String(verdicts) !== String([VERDICT_TOO_FAR_AHEAD])) {
      throw new Error(`a sample of the future got verdicts ${verdicts}`);
    }
    this.#total.refused++;
  }

  /** All that is younger than raw samples become; and retention did its work. */
  async #wantKept(): Promise<void> {
    const found = new Set(await this.#timed.node.read());
    for (const key of this.#history.acked) {
      const timestampMs = Number(key.slice(key.lastIndexOf(" ") + 1).split(":")[0]);
      this.#total.samples++;
      if (found.has(key)) continue;
      const ageMs = this.#trueMs - timestampMs;
      if (ageMs <= RAW_MS) throw new Error(`a sample of ${ageMs / HOUR_MS} hours is gone`);
      this.#total.expired++;
    }
  }
}
