/** What a write request is answered once its body is in, or cannot be had; whoever read the body. */
import {
  answerError,
  answerVerdict,
  withWritten,
} from "#ingest/prometheus-remote-write/handler.ts";
import type { WriteAnswer } from "#ingest/write-answer.ts";
import type { BodyFormat, BodySink } from "#storage/body-appender.ts";
import type { ApiAnswer } from "./doors.ts";

/** Reports what was not an operating error. */
export type ReportFault = (error: unknown) => void;

/** Submits the sink. Never rejects. */
export async function answerBody(
  sink: BodySink,
  format: BodyFormat,
  fault: ReportFault,
): Promise<ApiAnswer> {
  try {
    const verdict = await sink.submit();
    return overHttp(withWritten(answerVerdict(verdict), format, verdict));
  } catch (error) {
    return answerBodyError(error, format, fault);
  }
}

/** Nothing is known of what the body holds. */
export function answerBodyError(error: unknown, format: BodyFormat, fault: ReportFault): ApiAnswer {
  fault(error);
  return overHttp(withWritten(answerError(error), format, null));
}

export function overHttp(answer: WriteAnswer): ApiAnswer {
  return { status: answer.status, headers: answer.headers, body: Buffer.from(answer.text) };
}
