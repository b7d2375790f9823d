/** The background work of a node: the pool its jobs run on, and what starts them. */
import type { GyreConfig } from "#config/gyre-config.ts";
import { JobPool } from "#runtime/node/job-pool.ts";
import { NodeClock } from "#runtime/node/node-clock.ts";
import { NodeTimers } from "#runtime/node/node-timers.ts";
import type { Logger } from "#runtime/ports/logger.ts";
import type { DataFolder } from "../data-folder.ts";
import { JOB_WORKER_URL } from "../worker-urls.ts";
import { LogScrub } from "./log-scrub.ts";
import type { LogAddress, NodeJobs } from "./node-jobs.ts";
import { ScrubCounters } from "./scrub-counters.ts";

/** One job at a time leaves the other cores to clients whatever the job does. */
const JOB_THREADS_MAX = 1;
/** Whoever queues jobs keeps the rest of its work to itself until there is room. */
const JOB_QUEUE_MAX = 64;

export interface BackgroundJobsOptions {
  readonly config: GyreConfig;
  readonly folder: DataFolder;
  readonly scrubCounters: SharedArrayBuffer;
  readonly logger: Logger;
}

export class BackgroundJobs {
  readonly #pool: JobPool<NodeJobs>;
  readonly #scrub: LogScrub;

  /** Starts nothing that a client could feel before `FIRST_PASS_DELAY_MS` have passed. */
  constructor({ config, folder, scrubCounters, logger }: BackgroundJobsOptions) {
    this.#pool = new JobPool({
      url: JOB_WORKER_URL,
      threadsMax: JOB_THREADS_MAX,
      queueMax: JOB_QUEUE_MAX,
    });
    const { clusterUuid, logCount } = folder;
    const logs = Array.from({ length: logCount }, (_, logId): LogAddress => {
      return { data: config.data, identity: { clusterUuid, logId } };
    });
    const intervalMs = config.jobs.scrubIntervalMs;
    this.#scrub = new LogScrub({
      pool: this.#pool,
      logs,
      intervalMs,
      counters: new ScrubCounters(scrubCounters),
      clock: new NodeClock(),
      timers: new NodeTimers(),
      logger: logger.child({ job: "scrub" }),
    });
    if (intervalMs > 0) this.#scrub.start();
  }

  /** Ends every job at once. */
  async stop(): Promise<void> {
    await this.#scrub.stop();
    await this.#pool.close();
  }
}
