/**
 * Types shared by both ends of a job pool. A table of jobs maps names to arguments and results:
 *
 *   interface MyJobs { seal: { args: SealArgs; result: SealReport } }
 *
 * Arguments and results are plain data that survives structured cloning; sample values only inside
 * typed arrays.
 */
import type { SerializedError } from "../worker/serialized-error.ts";

export type JobName<T extends object> = keyof T & string;

export type JobArgs<T extends object, N extends JobName<T>> = T[N] extends { args: infer A }
  ? A
  : never;

export type JobResult<T extends object, N extends JobName<T>> = T[N] extends { result: infer R }
  ? R
  : never;

export interface JobCall {
  readonly name: string;
  readonly args: unknown;
}

/** Errors travel as records: a thrown one would lose its code on the way. */
export type JobAnswer =
  | { readonly kind: "result"; readonly result: unknown }
  | { readonly kind: "error"; readonly error: SerializedError };
