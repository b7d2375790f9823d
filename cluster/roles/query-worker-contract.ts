/**
 * Two links of a query worker. From the main thread: wiring. From each listener: API requests, one
 * call each, and a notice when the client of a request is gone.
 */
import type { MessagePort } from "node:worker_threads";
import type { GyreConfig } from "#config/gyre-config.ts";
import type { ApiAnswer, ApiRequest } from "#http/doors.ts";
import type { WorkerContract } from "#runtime/worker/worker-contract.ts";

export interface QueryWorkerInit {
  readonly index: number;
  readonly config: GyreConfig;
  readonly clusterUuid: Uint8Array;
  /** Shown by the API. */
  readonly version: string;
}

export interface QueryWorkerContract extends WorkerContract {
  readonly calls: {
    /** Ports per shard worker: to select from, to ask about its head; one per listener to serve. */
    connect: {
      args: {
        selects: readonly MessagePort[];
        apis: readonly MessagePort[];
        heads: readonly MessagePort[];
      };
      result: null;
    };
  };
  readonly toHost: Record<never, never>;
  readonly toClient: Record<never, never>;
}

/** An answer as it crosses threads. */
export interface ApiReply extends Omit<ApiAnswer, "rest"> {
  /** More parts come by `next`, until its end or a `cancel`. */
  readonly hasRest: boolean;
}

export interface ApiContract extends WorkerContract {
  readonly calls: {
    handle: { args: { request: number; api: ApiRequest }; result: ApiReply };
    /** The next part of a streamed answer, null at its end. */
    next: { args: { request: number }; result: Uint8Array | null };
  };
  readonly toHost: { cancel: { request: number } };
  readonly toClient: Record<never, never>;
}
