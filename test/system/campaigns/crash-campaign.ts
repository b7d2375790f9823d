/**
 * Crashes under load, again and again, on one data folder. After each crash the node must start
 * unattended and show what it promised: the newest requests are read back in every cycle, all of
 * them now and then and at the end. Some starts are crashed too. At the very end every request that
 * was never acknowledged is sent again, and then all that was ever sent must be there, and a node
 * that was never killed must answer in the same bytes.
 *
 * How the node dies is the `CrashWay`; good builds and canaries run the same campaign.
 */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { SeededRandom } from "#runtime/seeded-random.ts";
import type { Random } from "#runtime/ports/random.ts";
import { GyreProcess } from "#test/support/gyre-process.ts";
import { LedgerLoad } from "#test/support/ledger-load.ts";
import { verifyLedger } from "#test/support/ledger-reader.ts";
import { metricSum } from "#test/support/metric-sum.ts";
import { Ledger } from "#test/support/ledger.ts";
import { NODE_FILE_NAME } from "#tsdb/node-file.ts";
import { sendExpired } from "./send-expired.ts";
import { compareTwins, TWIN_QUERIES } from "./twin-queries.ts";
import type { CrashWay } from "./crash-ways.ts";

export interface CampaignOptions {
  readonly cycles: number;
  readonly seed: number;
  readonly way: CrashWay;
  readonly env?: Readonly<Record<string, string>>;
  /** The longest load between a start and a crash. */
  readonly loadMsMax?: number;
  readonly progress?: (line: string) => void;
}

export interface CampaignResult {
  readonly cycles: number;
  /** Requests that the crash interrupted, per cycle: sent before it, never acknowledged. */
  readonly inFlight: readonly number[];
  /** Further crashes while the node was starting. */
  readonly startCrashes: number;
  readonly ackedRequests: number;
  readonly ackedSamples: number;
  readonly storedSamples: number;
  readonly retriedRequests: number;
  /** Queries that a node which was never killed answers in the same bytes. */
  readonly comparedQueries: number;
  readonly startMs: readonly number[];
  /** Reading back, per cycle. */
  readonly verifyMs: readonly number[];
  /** What the lives did between log and blocks, as far as it was seen before the crash. */
  readonly kept: KeptCounts;
  /** Empty when every promise was kept. The campaign ends with the first cycle that has some. */
  readonly problems: readonly string[];
}

export interface KeptCounts {
  flushes: number;
  merges: number;
  /** Blocks past their age. */
  expired: number;
  segmentsDropped: number;
}

/** Long enough to have data in every stage, short enough for many cycles. */
const LOAD_MS_MIN = 20;
const LOAD_MS_MAX = 400;
const CONNECTIONS = 12;
const SERIES_PER_CONNECTION = 16;
/** Reading everything takes seconds once there are millions of samples: so often in long runs. */
const FULL_CHECKS = 20;
const FULL_CHECK_CYCLES_MIN = 20;
/** Every so many cycles a start is crashed too, up to this late as a share of the last start. */
const START_CRASH_CYCLES = 4;
const START_CRASH_SHARE_MAX = 1.1;
const PROGRESS_CYCLES = 10;
const SAMPLE_AGE_MS = 3_600_000;

export async function runCrashCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const campaign = new CrashCampaign(options);
  await campaign.run();
  return campaign.result();
}

class CrashCampaign {
  readonly #options: CampaignOptions;
  readonly #random: Random;
  readonly #ledger: Ledger;
  readonly #load: LedgerLoad;
  readonly #inFlight: number[] = [];
  readonly #startMs: number[] = [];
  readonly #verifyMs: number[] = [];
  readonly #problems: string[] = [];
  #gyre: GyreProcess | null = null;
  #cycle = 0;
  #startCrashes = 0;
  readonly #kept: KeptCounts = { flushes: 0, merges: 0, expired: 0, segmentsDropped: 0 };
  #storedSamples = 0;
  #ackedRequests = 0;
  #retriedRequests = 0;
  #comparedQueries = 0;

  constructor(options: CampaignOptions) {
    this.#options = options;
    this.#random = new SeededRandom(options.seed);
    this.#ledger = new Ledger({
      connections: CONNECTIONS,
      seriesPerConnection: SERIES_PER_CONNECTION,
      // In the past, so that no request number ever runs ahead of the clock.
      baseMs: Date.now() - SAMPLE_AGE_MS,
    });
    this.#load = new LedgerLoad(this.#ledger);
  }

  async run(): Promise<void> {
    const { cycles, progress } = this.#options;
    while (this.#cycle < cycles && this.#problems.length === 0) {
      this.#cycle++;
      await this.#noting(() => this.#runCycle());
      if (this.#cycle % PROGRESS_CYCLES === 0) progress?.(this.#progressLine());
    }
    if (this.#problems.length === 0) await this.#noting(() => this.#heal());
  }

  result(): CampaignResult {
    return {
      cycles: this.#cycle,
      inFlight: this.#inFlight,
      startCrashes: this.#startCrashes,
      ackedRequests: this.#ackedRequests,
      ackedSamples: this.#ackedRequests * SERIES_PER_CONNECTION,
      storedSamples: this.#storedSamples,
      retriedRequests: this.#retriedRequests,
      comparedQueries: this.#comparedQueries,
      startMs: this.#startMs,
      verifyMs: this.#verifyMs,
      kept: this.#kept,
      problems: this.#problems,
    };
  }

  async #runCycle(): Promise<void> {
    if (this.#cycle % START_CRASH_CYCLES === 0) await this.#crashStart();
    const gyre = await this.#start();
    const verifiedMs = performance.now();
    await this.#verify(gyre, this.#cycle % this.#fullCheckCycles === 0 ? "all" : "newest");
    this.#verifyMs.push(performance.now() - verifiedMs);
    if (this.#problems.length > 0) return void (await gyre.end("SIGKILL"));
    const { way, loadMsMax = LOAD_MS_MAX } = this.#options;
    const crash = await way.arm(gyre);
    let atMs = 0;
    try {
      await sendExpired(gyre.port, this.#cycle);
      this.#load.start(gyre.port);
      // The load flows before the dice are thrown, however slow the machine is.
      await this.#load.nextAck();
      await sleep(LOAD_MS_MIN + this.#random.float() * (loadMsMax - LOAD_MS_MIN));
      await this.#countKept(gyre);
      // Any moment, or the moment right after a promise.
      if (this.#random.float() < 0.5) await this.#load.nextAck();
      // Answers that have arrived are read and followed by the next requests: those are in flight.
      await nextTurn();
    } finally {
      atMs = await crash();
      await this.#load.stop();
      way.recover();
    }
    this.#bookCrash(atMs);
  }

  get #fullCheckCycles(): number {
    return Math.max(FULL_CHECK_CYCLES_MIN, Math.ceil(this.#options.cycles / FULL_CHECKS));
  }

  async #countKept(gyre: GyreProcess): Promise<void> {
    const kept = this.#kept;
    kept.flushes += await metricSum(gyre.url, "gyre_storage_flushes_total");
    kept.merges += await metricSum(gyre.url, "gyre_storage_merges_total");
    kept.expired += await metricSum(gyre.url, "gyre_storage_blocks_expired_total");
    kept.segmentsDropped += await metricSum(gyre.url, "gyre_log_segments_dropped_total");
  }

  #bookCrash(atMs: number): void {
    this.#ackedRequests = this.#ledger.ackedRequests;
    this.#inFlight.push(this.#load.inFlightAt(atMs));
    const cut = this.#load.cutBefore(atMs);
    if (cut > 0) this.#note(`${cut} connections ended before the crash`);
    for (const answer of this.#load.takeUnexpected()) this.#note(answer);
  }

  /** A crash inside recovery must not need more than another recovery. */
  async #crashStart(): Promise<void> {
    const { way, env = {} } = this.#options;
    const gyre = await GyreProcess.launch({ data: way.data, env });
    const crash = await way.arm(gyre);
    await sleep(this.#random.float() * START_CRASH_SHARE_MAX * this.#startMs.at(-1)!);
    await crash();
    way.recover();
    this.#startCrashes++;
  }

  async #start(): Promise<GyreProcess> {
    const { way, env = {} } = this.#options;
    const startMs = performance.now();
    const gyre = await GyreProcess.launch({ data: way.data, env });
    this.#gyre = gyre;
    await gyre.whenReady();
    this.#startMs.push(performance.now() - startMs);
    // A crash leaves a torn end at most. Damage below a durable place is somebody's mistake.
    for (const line of gyre.log.split("\n")) {
      if (/"corruptionCount":[1-9]|damaged|records are lost/.test(line)) this.#note(line);
    }
    return gyre;
  }

  async #verify(gyre: GyreProcess, scope: "newest" | "all"): Promise<void> {
    const { storedSamples, problems } = await verifyLedger(this.#ledger, gyre.port, scope);
    if (scope === "all") this.#storedSamples = storedSamples;
    for (const problem of problems) this.#note(problem);
  }

  async #heal(): Promise<void> {
    const gyre = await this.#start();
    await this.#verify(gyre, "all");
    this.#retriedRequests = await this.#load.retryUnacked(gyre.port);
    await this.#verify(gyre, "all");
    if (this.#problems.length === 0) await this.#compareWithTwin(gyre);
    await gyre.end("SIGTERM");
  }

  /** A node that was never killed gets all that was ever sent, and must answer the same. */
  async #compareWithTwin(gyre: GyreProcess): Promise<void> {
    const { way } = this.#options;
    const data = mkdtempSync(join(tmpdir(), "gyre-twin-"));
    try {
      // Sums are added in the order of hashes: it needs the same seed.
      copyFileSync(join(way.data, NODE_FILE_NAME), join(data, NODE_FILE_NAME));
      const twin = await GyreProcess.start({ data });
      try {
        await this.#load.repeatAll(twin.port);
        const { baseMs, connections } = this.#ledger.shape;
        const numbers = Array.from({ length: connections }, (_, i) => this.#ledger.sent(i));
        const range = { fromMs: baseMs, toMs: baseMs + Math.max(...numbers) };
        for (const problem of await compareTwins(gyre.url, twin.url, range)) this.#note(problem);
        this.#comparedQueries = TWIN_QUERIES;
      } finally {
        await twin.end("SIGTERM");
      }
    } finally {
      rmSync(data, { recursive: true, force: true });
    }
  }

  /** A node that needs help is a problem like any other. */
  async #noting(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#note(error instanceof Error ? error.message : String(error));
      await this.#gyre?.end("SIGKILL");
    }
  }

  #note(problem: string): void {
    this.#problems.push(`cycle ${this.#cycle}: ${problem}`);
  }

  #progressLine(): string {
    return (
      `cycle ${this.#cycle}/${this.#options.cycles}: ${this.#ackedRequests} requests acked, ` +
      `${this.#inFlight.filter((count) => count > 0).length} cycles with requests in flight, ` +
      `${this.#problems.length} problems`
    );
  }
}
