/**
 * What the HTTP listener needs from the rest of the node. The listener may run in any thread: it
 * parses requests and writes answers; everything that decides or computes lies behind these doors.
 */
import type { TenantId } from "#model/refs.ts";

/** A read request of the API, not yet parsed: the parameters of the query string and the form. */
export interface ApiRequest {
  readonly tenant: TenantId;
  readonly method: "GET" | "POST" | "PUT" | "HEAD";
  /** Path below the prefix, e.g. `/api/v1/query_range`. */
  readonly path: string;
  /** `application/x-www-form-urlencoded` text: form body, then query string, so the form wins. */
  readonly params: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** What follows `body`, for answers that are written while they are found. */
  readonly rest?: AnswerRest;
}

/** Whoever has it reads it to the end or closes it: storage is pinned behind it. */
export interface AnswerRest {
  /** The next part, null at the end. Rejects when the rest cannot be had. */
  next(): Promise<Uint8Array | null>;
  /** May be called at any time, also twice. */
  close(): void;
}

/** Runs on a query worker: parses parameters, evaluates, encodes. Never rejects for bad input. */
export interface ApiDoor {
  handle(request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer>;
}

/** The tenants there are. Shared by all listeners of the node. */
export interface TenantDoor {
  issue(): TenantId;
  isKnown(tenant: TenantId): boolean;
}

export interface StatusDoor {
  /** Null when ready, else what the node still waits for. */
  notReady(): string | null;
  /** The node's own metrics, Prometheus text format 0.0.4. */
  metricsText(): Promise<string>;
}
