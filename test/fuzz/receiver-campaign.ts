/**
 * Phase one over many bodies: regressions, the largest bodies, then the mutated ones.
 */
import { nextTurn } from "#runtime/node/next-turn.ts";
import { BodyMaker } from "./body-maker.ts";
import { ClassCounts, CLASS_SHARE_MIN, DECODED_SHARE_MIN } from "./class-counts.ts";
import { failingBodies, saveFailingBody, shrunk } from "./failing-bodies.ts";
import type { FuzzBody } from "./fuzz-body.ts";
import { MemoryWatch } from "./memory-watch.ts";
import { fullBulkBodies } from "./mutations/bulk-mutations.ts";
import { ReceiverCheck } from "./receiver-check.ts";
import type { CheckedBody } from "./receiver-check.ts";

/** One body may hold a worker up this long. */
const STEP_MS_MAX = 100;
/** A slow step is measured again this often: another program may have had the processor. */
const SLOW_TRIES = 5;
/** Shards start anew after so many bodies, which also makes every cached ref stale. */
const SHARD_LIFE_BODIES = 2000;
const TURN_BODIES = 20;
const WARM_SHARE = 0.1;
const GROWTH_BYTES_MAX: number = 64 * 1024 * 1024;
const FAULTS_MAX = 20;
/** Any moment will do: nothing here looks at the clock on the wall. */
const NOW_MS = 1_700_000_000_000;
const MIB = 1024 * 1024;

export interface ReceiverCampaignOptions {
  readonly seed: number;
  readonly count: number;
  /** Also send every bulk shape at full size, and hold memory to its limit. */
  readonly isLong: boolean;
  readonly progress: (line: string) => void;
}

export interface CampaignResult {
  readonly lines: readonly string[];
  readonly faults: readonly string[];
  readonly counts: ClassCounts;
}

export async function runReceiverCampaign(
  options: ReceiverCampaignOptions,
): Promise<CampaignResult> {
  const campaign = new ReceiverCampaign(options);
  return campaign.run();
}

class ReceiverCampaign {
  readonly #options: ReceiverCampaignOptions;
  readonly #check = new ReceiverCheck(NOW_MS);
  readonly #counts = new ClassCounts();
  readonly #faults: string[] = [];
  readonly #memory = new MemoryWatch(process.pid);
  #wallMs = 0;
  #cpuMs = 0;
  #slowOnce = 0;
  #slowAlways = 0;
  #storedSamples = 0;
  #warmLiveBytes = 0;
  #liveBytes = 0;

  constructor(options: ReceiverCampaignOptions) {
    this.#options = options;
  }

  async run(): Promise<CampaignResult> {
    const { seed, count, isLong } = this.#options;
    const maker = new BodyMaker(seed, NOW_MS);
    const first = [...failingBodies(), ...(isLong ? fullBulkBodies() : [])];
    for (const [i, body] of first.entries()) await this.#one(body, `first body ${i}`);
    const warm = Math.floor(WARM_SHARE * count);
    for (let i = 0; i < count && this.#faults.length < FAULTS_MAX; i++) {
      const body = maker.body(i);
      const { code, isPartial, isDecoded } = await this.#one(body, `seed ${seed} body ${i}`);
      this.#counts.add(body.mutation, isPartial ? "stored in part" : code, isDecoded);
      // Memory of dropped shards is freed in turns of the event loop.
      if (i % TURN_BODIES === 0) await nextTurn();
      if (i % SHARD_LIFE_BODIES === SHARD_LIFE_BODIES - 1) this.#endShards(i + 1);
      if (i === warm) this.#endWarmUp();
    }
    this.#endShards(count);
    return this.#result();
  }

  async #one(body: FuzzBody, name: string): Promise<CheckedBody> {
    const checked = await this.#check.check(body);
    this.#wallMs = Math.max(this.#wallMs, checked.step.wallMs);
    this.#cpuMs = Math.max(this.#cpuMs, checked.step.cpuMs);
    const faults = [...checked.faults];
    if (checked.step.wallMs > STEP_MS_MAX) faults.push(...(await this.#slowFaults(body)));
    if (faults.length > 0) await this.#failed(body, name, faults);
    return checked;
  }

  /** Slow is what is slow each time, and not because another program had the processor. */
  async #slowFaults(body: FuzzBody): Promise<string[]> {
    this.#slowOnce++;
    let leastCpuMs = Number.POSITIVE_INFINITY;
    for (let i = 0; i < SLOW_TRIES; i++) {
      const step = await this.#check.timeAgain(body);
      if (step.wallMs <= STEP_MS_MAX) return [];
      leastCpuMs = Math.min(leastCpuMs, step.cpuMs);
    }
    this.#slowAlways++;
    if (leastCpuMs <= STEP_MS_MAX) return [];
    return [`a step took ${leastCpuMs.toFixed(1)} ms of processor or more, each time`];
  }

  async #failed(body: FuzzBody, name: string, faults: readonly string[]): Promise<void> {
    const isSlowness = faults.every((fault) => fault.startsWith("a step took"));
    const fails = async (one: FuzzBody): Promise<boolean> => {
      this.#check.newShards();
      return (await this.#check.check(one)).faults.length > 0;
    };
    const small = isSlowness ? body : await shrunk(body, fails);
    const path = saveFailingBody(small, faults.join("; "));
    this.#faults.push(`${name} (${body.mutation}): ${faults.join("; ")}; saved ${path}`);
    this.#options.progress(this.#faults.at(-1)!);
    this.#check.newShards();
  }

  #endShards(done: number): void {
    const faults = this.#check.contentFaults();
    this.#storedSamples += this.#check.storedSamples;
    this.#faults.push(...faults.map((fault) => `after ${done} bodies: ${fault}`));
    this.#check.newShards();
    this.#look();
    this.#options.progress(
      `${done} bodies, ${this.#storedSamples} samples compared, ${this.#memory.text}`,
    );
  }

  #endWarmUp(): void {
    this.#look();
    this.#memory.warm();
    this.#warmLiveBytes = this.#liveBytes;
  }

  /** Garbage of the maps is collected first: it says nothing about the product. */
  #look(): void {
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    this.#liveBytes = heapUsed + external;
    this.#memory.sample();
  }

  #result(): CampaignResult {
    const { seed, isLong } = this.#options;
    const counts = this.#counts;
    const growthBytes = this.#liveBytes - this.#warmLiveBytes;
    const faults = this.#faults;
    if (counts.leastShare < CLASS_SHARE_MIN) faults.push(`a class has ${counts.leastShare}`);
    if (counts.decodedShare < DECODED_SHARE_MIN) faults.push("too few get past decompression");
    if (isLong && growthBytes > GROWTH_BYTES_MAX) faults.push(`${growthBytes} bytes more in use`);
    const decoded = (100 * counts.decodedShare).toFixed(1);
    const lines = [
      ...counts.lines,
      `receivers: longest step ${this.#wallMs.toFixed(1)} ms on the clock, ` +
        `${this.#cpuMs.toFixed(1)} ms of processor; over ${STEP_MS_MAX} ms on the clock ` +
        `${this.#slowOnce} once, ${this.#slowAlways} in each of ${SLOW_TRIES + 1} tries`,
      `receivers: ${this.#memory.text}, live memory after collection ` +
        `${(growthBytes / MIB).toFixed(1)} MiB more than after warm-up`,
      `receivers: seed ${seed}, ${counts.total} bodies, ${decoded} % past decompression, ` +
        `${this.#storedSamples} stored samples equal to the model, ${faults.length} faults`,
    ];
    return { lines, faults, counts };
  }
}
