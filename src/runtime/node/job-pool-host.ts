/**
 * The thread side of a job pool. The entry file of the threads exports the result of `hostJobs` as
 * `runJob`, and nothing else:
 *
 *   export const runJob: JobRunner = hostJobs<MyJobs>({ seal: (args) => ... });
 */
import { EngineError } from "#base/engine-error.ts";
import { runtimeErrors } from "../runtime-errors.ts";
import { serializeError } from "../worker/serialized-error.ts";
import type { JobAnswer, JobArgs, JobCall, JobName, JobResult } from "./job-pool-contract.ts";
import { lowerPriority } from "./lower-priority.ts";

/** Behind ingest (0) and queries (10): a job gets what nobody else wants. */
export const JOB_NICE = 15;

export type JobRunner = (call: JobCall) => Promise<JobAnswer>;

export type JobHandlers<T extends object> = {
  readonly [N in JobName<T>]: (args: JobArgs<T, N>) => JobResult<T, N> | Promise<JobResult<T, N>>;
};

/** Lowers the priority of the calling thread for good. */
export function hostJobs<T extends object>(handlers: JobHandlers<T>): JobRunner {
  lowerPriority(JOB_NICE);
  return async ({ name, args }) => {
    try {
      if (!Object.hasOwn(handlers, name)) {
        throw new EngineError(
          runtimeErrors.workerUnknownCall,
          `cannot run job ${name}: no handler`,
        );
      }
      const handler = handlers[name as JobName<T>] as (args: unknown) => unknown;
      return { kind: "result", result: await handler(args) };
    } catch (error) {
      return { kind: "error", error: serializeError(error) };
    }
  };
}
