/** What a route's handler gets to work with; one per request. */
import type { IncomingMessage } from "node:http";
import type { TenantId } from "#model/refs.ts";

export interface RouteContext {
  readonly request: IncomingMessage;
  readonly tenant: TenantId;
  /** Still percent-encoded, without the tenant. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  /** Aborted when the client goes away before it was answered. */
  readonly signal: AbortSignal;
  /**
   * Reads the body into `take` (false = no more fits). Tells a client that waits for permission to
   * go on. Rejects with an `EngineError`.
   */
  receive(bytesMax: number, take: (chunk: Uint8Array) => boolean): Promise<void>;
  /** As `receive` for bodies without a limit: decompressed, at the reader's pace. */
  stream(): AsyncIterable<Uint8Array>;
}
