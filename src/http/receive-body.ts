/**
 * Takes the body of a request in, chunk by chunk, inside its limits: bytes declared, bytes received,
 * time. Nothing is kept here; every chunk goes to `take` as it arrives and may be overwritten after.
 */
import type { IncomingMessage } from "node:http";
import { EngineError, type ErrorCode } from "#base/engine-error.ts";
import type { Timers } from "#runtime/ports/clock.ts";
import { HTTP_BODY_TIMEOUT, HTTP_BODY_TOO_LARGE, HTTP_CLIENT_GONE } from "./http-errors.ts";

export interface BodyLimits {
  readonly bytesMax: number;
  readonly timeoutMs: number;
}

/** Bytes the client announced; null when it sends chunks until it is done. */
export function declaredBytes(request: IncomingMessage): number | null {
  if (request.headers["transfer-encoding"] !== undefined) return null;
  return Number(request.headers["content-length"] ?? 0);
}

/** Throws when the announced size is over the limit, before anything is read. */
export function checkDeclared(request: IncomingMessage, bytesMax: number): void {
  const declared = declaredBytes(request);
  if (declared !== null && declared > bytesMax) throw tooLarge(declared, bytesMax);
}

/**
 * Resolves at the end of the body. Rejects with an `EngineError`: too large (also when `take`
 * returns false), too slow, or the client went away.
 */
export function receiveBody(
  request: IncomingMessage,
  limits: BodyLimits,
  timers: Timers,
  take: (chunk: Uint8Array) => boolean,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = 0;
    const finish = (error: EngineError | null): void => {
      timer.cancel();
      request.off("data", onData).off("end", onEnd).off("close", onClose);
      if (error === null) resolve();
      else reject(error);
    };
    const onData = (chunk: Uint8Array): void => {
      received += chunk.length;
      if (received > limits.bytesMax || !take(chunk)) {
        finish(tooLarge(received, limits.bytesMax));
      }
    };
    const onEnd = (): void => finish(null);
    const onClose = (): void => finish(refused(HTTP_CLIENT_GONE, "the client went away"));
    const timer = timers.after(limits.timeoutMs, () => {
      const cause = `got ${received} bytes in ${limits.timeoutMs} ms and no end`;
      finish(refused(HTTP_BODY_TIMEOUT, cause));
    });
    request.on("data", onData).on("end", onEnd).on("close", onClose);
    // A broken connection reports an error and then a close; the close is what counts.
    request.on("error", ignore);
    if (request.destroyed) onClose();
  });
}

function tooLarge(got: number, bytesMax: number): EngineError {
  return refused(HTTP_BODY_TOO_LARGE, `got ${got} bytes or more, want at most ${bytesMax}`);
}

function refused(kind: ErrorCode, cause: string): EngineError {
  return new EngineError(kind, `cannot read the request body: ${cause}`);
}

function ignore(): void {}
