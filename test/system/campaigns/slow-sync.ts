/**
 * Queries beside syncs that take five seconds, held against the same beside quick ones. Both lives
 * are traced alike and get the same thin load, so what differs is what the syncs do to queries.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { GyreProcess } from "#test/support/gyre-process.ts";
import { snappyBody } from "#test/support/remote-write-body.ts";
import { faultWrapper } from "#test/support/syscall-fault.ts";

export interface SlowSyncOptions {
  /** Lives of each kind, in turn. */
  readonly rounds: number;
  readonly queries: number;
  readonly progress?: (line: string) => void;
}

export interface SlowSyncResult {
  /** Per round, of queries in ms. */
  readonly quickP99Ms: readonly number[];
  readonly slowP99Ms: readonly number[];
  /** Requests of the load that waited while the queries ran. */
  readonly waiting: number;
}

const SLOW_US = 5_000_000;
const QUICK_US = 1;
/** A start syncs a dozen times in a thread; only what comes later is slow. */
const STARTED = "30+";
/** Syncs of a log thread before its queries are measured: more than `STARTED`. */
const WARM_REQUESTS = 60;
const SERIES = 500;
const LOAD_PAUSE_MS = 100;
const QUERY_PAUSE_MS = 5;
const QUERY = "sum by (job) (rate(slow[1m]))";
const P99 = 0.99;

export async function runSlowSync(options: SlowSyncOptions): Promise<SlowSyncResult> {
  const quickP99Ms: number[] = [];
  const slowP99Ms: number[] = [];
  let waiting = 0;
  for (let round = 0; round < options.rounds; round++) {
    const quick = await live(QUICK_US, options.queries);
    const slow = await live(SLOW_US, options.queries);
    quickP99Ms.push(quick.p99Ms);
    slowP99Ms.push(slow.p99Ms);
    waiting += slow.waiting;
    options.progress?.(
      `p99 ${quick.p99Ms.toFixed(1)} ms, beside slow syncs ${slow.p99Ms.toFixed(1)}`,
    );
  }
  return { quickP99Ms, slowP99Ms, waiting };
}

async function live(
  delayUs: number,
  queries: number,
): Promise<{ readonly p99Ms: number; readonly waiting: number }> {
  const data = mkdtempSync(join(tmpdir(), "gyre-slow-"));
  const fault = { syscall: "fdatasync", when: STARTED, effect: `delay_enter=${delayUs}` } as const;
  const args = ["--selfScrape.interval=0", "--storage.headWindow=0"];
  const gyre = await GyreProcess.launch({ data, args, wrapper: faultWrapper(fault) });
  try {
    await gyre.whenReady();
    for (let n = 0; n < WARM_REQUESTS / 2; n++) await send(gyre.port, n);
    const load = new ThinLoad(gyre.port, WARM_REQUESTS);
    const running = load.run();
    // The slow life is in its first slow sync by then.
    await sleep(WARM_REQUESTS * LOAD_PAUSE_MS);
    const tookMs: number[] = [];
    for (let i = 0; i < queries; i++) {
      const startMs = performance.now();
      const answer = await fetch(
        `${gyre.url}/api/v1/query?${new URLSearchParams({ query: QUERY })}`,
      );
      const text = await answer.text();
      if (answer.status !== 200) throw new Error(`cannot query beside slow syncs: ${text}`);
      tookMs.push(performance.now() - startMs);
      await sleep(QUERY_PAUSE_MS);
    }
    const { waiting } = load;
    load.stop();
    await gyre.end("SIGKILL");
    await running;
    tookMs.sort((a, b) => a - b);
    return { p99Ms: tookMs[Math.floor(P99 * tookMs.length)]!, waiting };
  } finally {
    await gyre.end("SIGKILL");
    rmSync(data, { recursive: true, force: true });
  }
}

/** Sends at its own pace, whatever is answered. */
class ThinLoad {
  readonly #port: number;
  #next: number;
  #isRunning = true;
  waiting = 0;

  constructor(port: number, first: number) {
    this.#port = port;
    this.#next = first;
  }

  async run(): Promise<void> {
    while (this.#isRunning) {
      this.waiting++;
      void this.#one();
      await sleep(LOAD_PAUSE_MS);
    }
  }

  stop(): void {
    this.#isRunning = false;
  }

  async #one(): Promise<void> {
    try {
      await send(this.#port, this.#next++);
    } catch {
      // The node may be gone; nobody asks what became of these samples.
    }
    this.waiting--;
  }
}

async function send(port: number, n: number): Promise<void> {
  const body = snappyBody(
    Array.from({ length: SERIES }, (_, i) => ({
      labels: [
        ["__name__", "slow"],
        ["instance", `host-${i}`],
        ["job", "load"],
      ],
      samples: [[Date.now(), n]],
    })),
  );
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/write`, {
    method: "POST",
    headers: { "Content-Type": "application/x-protobuf", "Content-Encoding": "snappy" },
    body,
  });
  await answer.arrayBuffer();
}
