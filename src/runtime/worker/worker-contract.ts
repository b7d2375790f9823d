/**
 * The types both ends of a worker link share. A module that owns a worker declares one contract:
 *
 *   interface JobContract extends WorkerContract {
 *     calls: { seal: { args: SealArgs; result: SealResult } };
 *     toHost: { cancel: { job: number } };
 *     toClient: { progress: { job: number; done: number } };
 *   }
 *
 * `calls` are answered, notices are not. Arguments and results are numbers, strings, buffers and
 * plain records of them; sample values only inside typed arrays (NaN bits do not survive as numbers).
 */
import type { SerializedError } from "./serialized-error.ts";

export interface WorkerContract {
  readonly calls: object;
  readonly toHost: object;
  readonly toClient: object;
}

export type CallName<C extends WorkerContract> = keyof C["calls"] & string;

export type CallArgs<C extends WorkerContract, M extends CallName<C>> = C["calls"][M] extends {
  args: infer A;
}
  ? A
  : never;

export type CallResult<C extends WorkerContract, M extends CallName<C>> = C["calls"][M] extends {
  result: infer R;
}
  ? R
  : never;

export type NoticeName<N extends object> = keyof N & string;

/** Client to host. */
export type HostBound =
  | { readonly kind: "call"; readonly id: number; readonly name: string; readonly args: unknown }
  | { readonly kind: "notice"; readonly name: string; readonly payload: unknown };

/** Host to client. */
export type ClientBound =
  | { readonly kind: "result"; readonly id: number; readonly result: unknown }
  | { readonly kind: "error"; readonly id: number; readonly error: SerializedError }
  | { readonly kind: "notice"; readonly name: string; readonly payload: unknown };
