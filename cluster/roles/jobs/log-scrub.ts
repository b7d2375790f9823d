/**
 * Reads all finished log segments again, some time after start and then at an interval, so that
 * damage is known before a recovery depends on the bytes. One job at a time, on the job pool. Damage
 * is counted and logged and nothing is changed: the bytes may still be in memory, or on a replica.
 */
import { isErrorOf } from "#base/engine-error.ts";
import type { JobPool } from "#runtime/node/job-pool.ts";
import type { Clock, TimerHandle, Timers } from "#runtime/ports/clock.ts";
import type { Logger } from "#runtime/ports/logger.ts";
import { runtimeErrors } from "#runtime/runtime-errors.ts";
import type { LogCorruption } from "#tsdb/wal/log-recovery.ts";
import type { LogAddress, NodeJobs } from "./node-jobs.ts";
import type { ScrubCounters } from "./scrub-counters.ts";

/** Clients that waited for the node come first. */
const FIRST_PASS_DELAY_MS = 30_000;
/** Places remembered as already reported; beyond it a place may be counted again. */
const KNOWN_PLACES_MAX = 10_000;

export interface LogScrubOptions {
  readonly pool: Pick<JobPool<NodeJobs>, "run">;
  readonly logs: readonly LogAddress[];
  readonly intervalMs: number;
  readonly counters: ScrubCounters;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
}

export class LogScrub {
  readonly #options: LogScrubOptions;
  readonly #stop = new AbortController();
  readonly #known = new Set<string>();
  #timer: TimerHandle | null = null;
  #pass: Promise<void> = Promise.resolve();

  constructor(options: LogScrubOptions) {
    this.#options = options;
  }

  start(): void {
    this.#schedule(Math.min(FIRST_PASS_DELAY_MS, this.#options.intervalMs));
  }

  /** Ends a pass under way; resolves when nothing is left of it. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#timer?.cancel();
    await this.#pass;
  }

  #schedule(delayMs: number): void {
    this.#timer = this.#options.timers.after(delayMs, () => {
      this.#pass = this.#run();
    });
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    const { counters, clock, intervalMs, logs } = this.#options;
    let damagedBytes = 0;
    for (const log of logs) damagedBytes += await this.#scrubLog(log);
    if (this.#stop.signal.aborted) return;
    counters.set("damagedBytes", damagedBytes);
    counters.add("passes", 1);
    counters.set("lastPassSeconds", clock.wallMs() / 1000);
    this.#schedule(intervalMs);
  }

  /** Returns the damaged bytes. */
  async #scrubLog(log: LogAddress): Promise<number> {
    const { pool, counters } = this.#options;
    const { signal } = this.#stop;
    const { logId } = log.identity;
    const listed = await this.#attempt(logId, () => pool.run("list-closed-segments", log, signal));
    if (listed === null) return 0;
    for (const corruption of listed.corruptions) this.#report(logId, corruption);
    let damagedBytes = listed.corruptions.reduce((sum, { length }) => sum + length, 0);
    for (const segment of listed.segments) {
      const report = await this.#attempt(logId, () =>
        pool.run("verify-segment", { ...log, segment }, signal),
      );
      if (report === null || !report.isThere) continue;
      counters.add("segments", 1);
      counters.add("bytes", report.bytes);
      damagedBytes += report.damagedBytes;
      for (const corruption of report.corruptions) this.#report(logId, corruption);
    }
    return damagedBytes;
  }

  /** Null when the job failed or the scrub is stopping. */
  async #attempt<T>(log: number, job: () => Promise<T>): Promise<T | null> {
    const { counters, logger } = this.#options;
    if (this.#stop.signal.aborted) return null;
    try {
      return await job();
    } catch (error) {
      if (this.#stop.signal.aborted) return null;
      // A busy pool is no failure of the log: the next pass comes here again.
      if (!isErrorOf(error, runtimeErrors.workerBusy)) counters.add("failures", 1);
      logger.warn({ log, error }, "cannot scrub a log segment");
      return null;
    }
  }

  #report(log: number, corruption: LogCorruption): void {
    const { segmentId, kind, offset } = corruption;
    const place = `${log}/${segmentId}/${kind}/${offset}`;
    if (this.#known.has(place)) return;
    if (this.#known.size >= KNOWN_PLACES_MAX) this.#known.clear();
    this.#known.add(place);
    this.#options.counters.add("corruptions", 1);
    this.#options.logger.error(
      { log, ...corruption },
      "scrub found damage in the log: everything around it is kept",
    );
  }
}
