/**
 * Writes an answer of unknown length to the wire, part by part, at the client's pace. A client that
 * takes nothing for a while is cut, because what it reads is pinned in storage. When the rest fails
 * under way the connection is broken, so that nobody takes a part for the whole.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AnswerRest, ApiAnswer } from "./doors.ts";
import { STREAM_STALL_MS } from "./http-limits.ts";
import type { SendOptions } from "./send-answer.ts";

export interface StreamSendOptions extends SendOptions {
  /** The rest failed after the answer had begun. */
  readonly broken: (error: unknown) => void;
}

/** Never rejects. */
export async function sendStream(
  request: IncomingMessage,
  response: ServerResponse,
  answer: ApiAnswer & { readonly rest: AnswerRest },
  options: StreamSendOptions,
): Promise<void> {
  const { rest } = answer;
  if (response.headersSent || response.destroyed || request.method === "HEAD") {
    rest.close();
    if (!response.headersSent && !response.destroyed) response.writeHead(answer.status).end();
    return;
  }
  response.writeHead(answer.status, {
    "x-content-type-options": "nosniff",
    ...answer.headers,
    ...(options.isClosing ? { connection: "close" } : {}),
  });
  if (answer.body.length > 0) response.write(answer.body);
  else response.flushHeaders();
  try {
    for (let part = await rest.next(); part !== null; part = await rest.next()) {
      if (response.destroyed) return;
      if (!response.write(part)) await drained(response, options);
      if (response.destroyed) return;
    }
    response.end();
  } catch (error) {
    if (!response.destroyed) options.broken(error);
    response.destroy();
  } finally {
    rest.close();
  }
}

/** Resolves also when the connection ends, whoever ended it. */
function drained(response: ServerResponse, { timers }: SendOptions): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      timer.cancel();
      response.off("drain", finish).off("close", finish);
      resolve();
    };
    const timer = timers.after(STREAM_STALL_MS, () => {
      response.destroy();
      finish();
    });
    response.on("drain", finish).on("close", finish);
    if (response.destroyed) finish();
  });
}
