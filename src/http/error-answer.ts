/**
 * Errors as the API shows them: the JSON envelope with one of Prometheus' error types. One table
 * says which code has which type; the rest follows from the HTTP status of the code. Anything that
 * is not an `EngineError` is a fault of ours and keeps its text to the log.
 */
import { EngineError, type ErrorCode } from "#base/engine-error.ts";
import type { ApiAnswer } from "./doors.ts";

export type ErrorType =
  | "bad_data"
  | "execution"
  | "canceled"
  | "timeout"
  | "internal"
  | "unavailable"
  | "not_found";

export const JSON_TYPE = "application/json";
/** Overload passes quickly; a client that waits longer wastes the recovery. */
export const RETRY_AFTER_SECONDS = 1;

/** Codes whose type their status does not tell. Only a query's own time limit is `timeout`. */
const TYPE_OF_CODE: ReadonlyMap<string, ErrorType> = new Map([
  ["promql.timeout", "timeout"],
  ["storage.deadline-passed", "timeout"],
  ["bytes.limit", "execution"],
  ["http.admin-off", "unavailable"],
]);

const TYPE_OF_STATUS: ReadonlyMap<number, ErrorType> = new Map([
  [404, "not_found"],
  [422, "execution"],
  [499, "canceled"],
  [500, "internal"],
  [503, "unavailable"],
]);

export function errorTypeOf(error: EngineError): ErrorType {
  const known = TYPE_OF_CODE.get(error.code) ?? TYPE_OF_STATUS.get(error.http);
  return known ?? (error.http < 500 ? "bad_data" : "internal");
}

/** The answer to `error`. `extraHeaders` are names in lower case. */
export function errorAnswer(
  error: unknown,
  extraHeaders: Readonly<Record<string, string>> = {},
): ApiAnswer {
  if (!(error instanceof EngineError)) {
    return envelope(500, "internal", "internal error", extraHeaders);
  }
  const retry = error.retryable ? { "retry-after": String(RETRY_AFTER_SECONDS) } : {};
  return envelope(error.http, errorTypeOf(error), error.message, { ...retry, ...extraHeaders });
}

/** For refusals that are decided where they are answered. */
export function refusal(
  kind: ErrorCode,
  message: string,
  extraHeaders: Readonly<Record<string, string>> = {},
): ApiAnswer {
  return errorAnswer(new EngineError(kind, message), extraHeaders);
}

function envelope(
  status: number,
  errorType: ErrorType,
  error: string,
  extraHeaders: Readonly<Record<string, string>>,
): ApiAnswer {
  const body = Buffer.from(JSON.stringify({ status: "error", errorType, error }));
  return { status, headers: { "content-type": JSON_TYPE, ...extraHeaders }, body };
}
