/** Answers for probes and scrapers: readiness, liveness and the node's own metrics. */
import { EXPOSITION_CONTENT_TYPE } from "#runtime/metrics/exposition-text.ts";
import type { ApiAnswer, StatusDoor } from "./doors.ts";
import { RETRY_AFTER_SECONDS } from "./error-answer.ts";

const TEXT_HEADERS: Readonly<Record<string, string>> = {
  "content-type": "text/plain; charset=utf-8",
};

/** `isClosing` is told apart from starting: a balancer stops sending at either. */
export function answerReady(status: StatusDoor, isClosing: boolean): ApiAnswer {
  const cause = isClosing ? "stopping" : status.notReady();
  if (cause === null) return text(200, "ready\n");
  return text(503, `not ready: ${cause}\n`, { "retry-after": String(RETRY_AFTER_SECONDS) });
}

export function answerHealthy(): ApiAnswer {
  return text(200, "healthy\n");
}

export async function answerMetrics(status: StatusDoor): Promise<ApiAnswer> {
  const body = Buffer.from(await status.metricsText());
  return { status: 200, headers: { "content-type": EXPOSITION_CONTENT_TYPE }, body };
}

function text(
  status: number,
  words: string,
  headers: Readonly<Record<string, string>> = {},
): ApiAnswer {
  return { status, headers: { ...TEXT_HEADERS, ...headers }, body: Buffer.from(words) };
}
