/**
 * A disk that fills up under load, at random bytes, again and again. While it is full samples are
 * refused with 503 and queries go on; when there is space again samples are taken without a start.
 * Now and then the node is killed while the disk is full: it must start and answer queries with no
 * byte to spare. What was acknowledged is there at every look, and all that was sent at the end.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SeededRandom } from "#runtime/seeded-random.ts";
import type { Random } from "#runtime/ports/random.ts";
import { GyreProcess } from "#test/support/gyre-process.ts";
import { LedgerLoad } from "#test/support/ledger-load.ts";
import { verifyLedger } from "#test/support/ledger-reader.ts";
import { Ledger } from "#test/support/ledger.ts";
import { metricSum } from "#test/support/metric-sum.ts";
import { SmallDisk } from "#test/support/small-disk.ts";
import { flushingCampaign } from "./flushing-campaign.ts";

export interface FullDiskOptions {
  /** How often the disk fills up. */
  readonly points: number;
  readonly seed: number;
  /** Every so many points the node is killed while the disk is full. */
  readonly killPoints: number;
  readonly progress?: (line: string) => void;
}

export interface FullDiskResult {
  readonly points: number;
  readonly startsOnFull: number;
  readonly ackedRequests: number;
  /** Between space and the next acknowledgement. */
  readonly resumeMs: readonly number[];
  readonly problems: readonly string[];
}

const DISK_MIB = 384;
/** From half way into the next write to some flushes later. */
const LEFT_BYTES_MAX: number = 512 * 1024;
const CONNECTIONS = 6;
const SERIES_PER_CONNECTION = 16;
const SAMPLE_AGE_MS = 3_600_000;
const POLL_MS = 20;
const FULL_TIMEOUT_MS = 60_000;
const PROGRESS_POINTS = 5;

export async function runFullDisk(options: FullDiskOptions): Promise<FullDiskResult> {
  using disk = new SmallDisk(DISK_MIB);
  const campaign = new FullDiskCampaign(options, disk);
  await campaign.run();
  return campaign.result();
}

class FullDiskCampaign {
  readonly #options: FullDiskOptions;
  readonly #disk: SmallDisk;
  readonly #random: Random;
  readonly #ledger = new Ledger({
    connections: CONNECTIONS,
    seriesPerConnection: SERIES_PER_CONNECTION,
    baseMs: Date.now() - SAMPLE_AGE_MS,
  });
  readonly #load = new LedgerLoad(this.#ledger);
  readonly #resumeMs: number[] = [];
  readonly #problems: string[] = [];
  #gyre: GyreProcess | null = null;
  #points = 0;
  #startsOnFull = 0;

  constructor(options: FullDiskOptions, disk: SmallDisk) {
    this.#options = options;
    this.#disk = disk;
    this.#random = new SeededRandom(options.seed);
  }

  async run(): Promise<void> {
    const { points, progress } = this.#options;
    try {
      await this.#start();
      this.#load.start(this.#node.port);
      await this.#load.nextAck();
      while (this.#points < points && this.#problems.length === 0) {
        this.#points++;
        await this.#point();
        if (this.#points % PROGRESS_POINTS === 0) progress?.(`${this.#points} of ${points}`);
      }
      await this.#load.stop();
      await this.#load.retryUnacked(this.#node.port);
      await this.#verify();
    } catch (error) {
      this.#problems.push(error instanceof Error ? error.message : String(error));
    } finally {
      await this.#gyre?.end("SIGKILL");
      await this.#load.stop();
    }
  }

  result(): FullDiskResult {
    return {
      points: this.#points,
      startsOnFull: this.#startsOnFull,
      ackedRequests: this.#ledger.ackedRequests,
      resumeMs: this.#resumeMs,
      problems: this.#problems.map((problem) => `point ${this.#points}: ${problem}`),
    };
  }

  get #node(): GyreProcess {
    if (this.#gyre === null) throw new Error("cannot ask the node: it was not started");
    return this.#gyre;
  }

  async #start(): Promise<void> {
    const data = join(this.#disk.mountPoint, "data");
    const { env = {} } = flushingCampaign("1s");
    this.#gyre = await GyreProcess.start({ data, env });
  }

  async #point(): Promise<void> {
    this.#disk.fillUpTo(Math.floor(this.#random.float() * LEFT_BYTES_MAX));
    await this.#untilFull();
    await this.#wantQuery();
    if (this.#points % this.#options.killPoints === 0) await this.#startOnFull();
    this.#disk.relieve();
    const relievedMs = performance.now();
    await this.#load.nextAck();
    this.#resumeMs.push(performance.now() - relievedMs);
    this.#problems.push(...this.#load.takeUnexpected());
  }

  async #untilFull(): Promise<void> {
    const deadlineMs = performance.now() + FULL_TIMEOUT_MS;
    while ((await metricSum(this.#node.url, "gyre_log_writable")) > 0) {
      if (performance.now() > deadlineMs) throw new Error("the log never met the full disk");
      await sleep(POLL_MS);
    }
  }

  async #wantQuery(): Promise<void> {
    const answer = await fetch(`${this.#node.url}/api/v1/query?query=count(ledger)`);
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`a query on a full disk got ${text}`);
  }

  async #startOnFull(): Promise<void> {
    await this.#node.end("SIGKILL");
    await this.#load.stop();
    await this.#start();
    this.#startsOnFull++;
    await this.#wantQuery();
    await this.#verify();
    this.#load.start(this.#node.port);
  }

  async #verify(): Promise<void> {
    const { problems } = await verifyLedger(this.#ledger, this.#node.port, "all");
    this.#problems.push(...problems);
  }
}
