/**
 * Writes an answer to the wire. When the answer comes before the client has sent its whole body
 * (too large, wrong type), closing at once would reset the connection and often destroy the answer
 * on its way. So the answer is written whole first, then a bounded amount of the body is discarded,
 * then the connection is closed.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Timers } from "#runtime/ports/clock.ts";
import type { ApiAnswer } from "./doors.ts";
import { DISCARD_BYTES_MAX, LINGER_BYTES_MAX, LINGER_MS } from "./http-limits.ts";
import { declaredBytes } from "./receive-body.ts";

const NO_CONTENT = 204;

export interface SendOptions {
  readonly timers: Timers;
  /** The listener is stopping: the connection is not kept. */
  readonly isClosing: boolean;
}

export function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  answer: ApiAnswer,
  options: SendOptions,
): void {
  if (response.headersSent || response.destroyed) return;
  const lingers = hasMuchUnread(request);
  const headers: Record<string, string | number> = {
    "x-content-type-options": "nosniff",
    ...answer.headers,
  };
  if (answer.status !== NO_CONTENT) headers["content-length"] = answer.body.length;
  if (lingers || options.isClosing) headers["connection"] = "close";
  response.writeHead(answer.status, headers);
  const body = request.method === "HEAD" || answer.body.length === 0 ? undefined : answer.body;
  if (!lingers) {
    response.end(body);
    return;
  }
  if (body === undefined) response.flushHeaders();
  else response.write(body);
  linger(request, options.timers, () => response.end());
}

/** A little unread body is discarded by Node.js itself, and the connection lives on. */
function hasMuchUnread(request: IncomingMessage): boolean {
  if (request.complete) return false;
  const declared = declaredBytes(request);
  return declared === null || declared > DISCARD_BYTES_MAX;
}

function linger(request: IncomingMessage, timers: Timers, close: () => void): void {
  let discarded = 0;
  let isClosed = false;
  const finish = (): void => {
    if (isClosed) return;
    isClosed = true;
    timer.cancel();
    close();
  };
  const timer = timers.after(LINGER_MS, finish);
  request.on("data", (chunk: Uint8Array) => {
    discarded += chunk.length;
    if (discarded > LINGER_BYTES_MAX) finish();
  });
  request.on("end", finish).on("close", finish).resume();
}
