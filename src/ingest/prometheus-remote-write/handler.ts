/**
 * The answers of the remote-write door. Accepted samples stay accepted: a request with some
 * rejected samples is answered 400, which senders do not repeat, and the text says what was refused,
 * why, and that the rest is stored. Our own trouble is 5xx, which senders do repeat.
 */
import { EngineError } from "#base/engine-error.ts";
import type { BodyFormat, BodyVerdict, Rejection } from "#storage/body-appender.ts";
import { VERDICT_SERIES_LIMIT, VERDICT_TEXT } from "#storage/verdict.ts";
import type { WriteAnswer } from "../write-answer.ts";
import { FIRST_LINE_CHARACTERS_MAX, REJECTION_LINES_MAX, RETRY_AFTER_SECONDS } from "./limits.ts";

const TEXT_HEADERS: Readonly<Record<string, string>> = {
  "content-type": "text/plain; charset=utf-8",
};
const RETRY_HEADERS: Readonly<Record<string, string>> = {
  ...TEXT_HEADERS,
  "retry-after": String(RETRY_AFTER_SECONDS),
};

/** 415: the headers asked for something this version cannot read. */
export function answerUnsupported(reason: string): WriteAnswer {
  return { status: 415, headers: TEXT_HEADERS, text: `cannot read the write request: ${reason}\n` };
}

/** 503: no memory is free for another body. */
export function answerOverloaded(): WriteAnswer {
  const text = "cannot take the write request: all receive buffers are in use, send it again\n";
  return { status: 503, headers: RETRY_HEADERS, text };
}

/** What message 2.0 says in headers, on every answer; zeros where nothing is known to be stored. */
export function withWritten(
  answer: WriteAnswer,
  format: BodyFormat,
  verdict: BodyVerdict | null,
): WriteAnswer {
  if (format !== "remote-write-2") return answer;
  const headers = {
    ...answer.headers,
    "x-prometheus-remote-write-samples-written": String(verdict?.samplesWritten ?? 0),
    "x-prometheus-remote-write-histograms-written": String(verdict?.histogramsWritten ?? 0),
    "x-prometheus-remote-write-exemplars-written": String(verdict?.exemplarsWritten ?? 0),
  };
  return { ...answer, headers };
}

export function answerVerdict(verdict: BodyVerdict): WriteAnswer {
  if (verdict.rejectedCount === 0) return { status: 204, headers: {}, text: "" };
  const isLimited = verdict.rejections.some((one) => one.verdict === VERDICT_SERIES_LIMIT);
  const status = isLimited ? 429 : 400;
  return { status, headers: TEXT_HEADERS, text: rejectionText(verdict) };
}

export function answerError(error: unknown): WriteAnswer {
  if (!(error instanceof EngineError)) {
    // What went wrong is in our log; the sender needs to know only that it should try again.
    return { status: 500, headers: RETRY_HEADERS, text: "cannot store samples: internal error\n" };
  }
  const headers = error.retryable ? RETRY_HEADERS : TEXT_HEADERS;
  return { status: error.http, headers, text: `${error.message}\n` };
}

function rejectionText(verdict: BodyVerdict): string {
  const written = verdict.samplesWritten + verdict.histogramsWritten;
  const rest = written === 0 ? "nothing else was in it" : `the rest was stored (${written})`;
  const head = `cannot store ${verdict.rejectedCount} of the request's samples; ${rest}`;
  const lines = verdict.rejections.slice(0, REJECTION_LINES_MAX).map(describe);
  const first = [head, lines[0] ?? ""].filter((part) => part !== "").join(": ");
  const hidden = verdict.rejectedCount - lines.length;
  const tail = hidden > 0 ? [`and ${hidden} more`] : [];
  return [cut(first), ...lines.slice(1), ...tail, ""].join("\n");
}

function describe(rejection: Rejection): string {
  const reason = VERDICT_TEXT[rejection.verdict] ?? `verdict ${rejection.verdict}`;
  const detail = rejection.detail === "" ? "" : ` (${rejection.detail})`;
  const at = rejection.timestampMs === null ? "" : `, timestamp ${rejection.timestampMs} ms`;
  // A line break inside a label value must not look like another line of ours.
  const series = rejection.series.replaceAll(/[\r\n]+/g, " ");
  return `${reason}${detail}${series === "" ? "" : `: series ${series}`}${at}`;
}

function cut(line: string): string {
  if (line.length <= FIRST_LINE_CHARACTERS_MAX) return line;
  return `${line.slice(0, FIRST_LINE_CHARACTERS_MAX - 3)}...`;
}
