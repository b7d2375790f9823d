/**
 * Background jobs on threads of their own, at the lowest priority. The queue is bounded: a job that
 * does not fit is refused at once, and whoever wanted it asks again later. Aborting a queued job
 * forgets it; aborting a running one ends its thread (files it had open are closed), so a job must
 * leave the disk at any moment as a crash may. Threads start with the first job and end when idle.
 */
import { Piscina } from "piscina";
import { fileURLToPath } from "node:url";
import { assert } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import { runtimeErrors } from "../runtime-errors.ts";
import { deserializeError } from "../worker/serialized-error.ts";
import type { JobAnswer, JobArgs, JobCall, JobName, JobResult } from "./job-pool-contract.ts";

export interface JobPoolOptions {
  /** Entry file of the threads: see `job-pool-host.ts`. */
  readonly url: URL;
  readonly threadsMax: number;
  /** Jobs that may wait for a thread. */
  readonly queueMax: number;
}

/** An idle thread costs some 10 MiB; starting one costs some 50 ms. */
const IDLE_MS = 10_000;
/** A runaway job ends its own thread, not the process. */
const HEAP_MB_MAX = 512;

export class JobPool<T extends object> {
  readonly #pool: Piscina<JobCall, JobAnswer>;
  readonly #openMax: number;
  readonly #stop = new AbortController();
  #openCount = 0;

  constructor(options: JobPoolOptions) {
    const { url, threadsMax, queueMax } = options;
    assert(threadsMax >= 1 && queueMax >= 0, () => `job pool: ${threadsMax} threads, ${queueMax}`);
    this.#openMax = threadsMax + queueMax;
    this.#pool = new Piscina({
      filename: fileURLToPath(url),
      name: "runJob",
      minThreads: 0,
      maxThreads: threadsMax,
      idleTimeout: IDLE_MS,
      // A thread that sleeps in Atomics.wait could not serve its own timers between two jobs.
      atomics: "disabled",
      recordTiming: false,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
    });
    // A thread that dies fails its job; without a job there is nobody to tell.
    this.#pool.on("error", () => undefined);
  }

  /** Jobs that wait or run. */
  get openCount(): number {
    return this.#openCount;
  }

  /**
   * Rejects with the job's own error, `worker.busy` when the queue is full, `worker.exited` when
   * its thread died or the pool was closed, or the signal's reason when it was aborted.
   */
  async run<N extends JobName<T>>(
    name: N,
    args: JobArgs<T, N>,
    signal?: AbortSignal,
  ): Promise<JobResult<T, N>> {
    signal?.throwIfAborted();
    if (this.#stop.signal.aborted) throw exited(name, "the pool is closed");
    if (this.#openCount >= this.#openMax) {
      const message = `cannot run job ${name}: ${this.#openCount} jobs wait or run`;
      throw new EngineError(runtimeErrors.workerBusy, message);
    }
    this.#openCount++;
    try {
      const answer = await this.#perform(name, args, signal);
      if (answer.kind === "error") throw deserializeError(answer.error);
      return answer.result as JobResult<T, N>;
    } finally {
      this.#openCount--;
    }
  }

  /** Ends all jobs and threads at once. May be called again. */
  async close(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    await this.#pool.destroy();
  }

  async #perform(name: string, args: unknown, signal: AbortSignal | undefined): Promise<JobAnswer> {
    const stop = this.#stop.signal;
    try {
      const any = signal === undefined ? stop : AbortSignal.any([stop, signal]);
      return await this.#pool.run({ name, args }, { signal: any });
    } catch (cause) {
      signal?.throwIfAborted();
      throw exited(name, stop.aborted ? "the pool is closed" : String(cause), cause);
    }
  }
}

function exited(name: string, why: string, cause?: unknown): EngineError {
  return new EngineError(runtimeErrors.workerExited, `cannot run job ${name}: ${why}`, { cause });
}
