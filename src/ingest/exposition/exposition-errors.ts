/** Errors of reading an exposition page; a page is taken whole or not at all. */
import { EngineError, type ErrorCode } from "#base/engine-error.ts";

export const EXPOSITION_MALFORMED: ErrorCode = {
  code: "ingest.exposition-malformed",
  retryable: false,
  http: 400,
  description: "a page of metrics does not follow the text format, or is over a limit",
};

export function expositionError(line: number, cause: string): EngineError {
  const message = `cannot read metrics: line ${line}: ${cause}`;
  return new EngineError(EXPOSITION_MALFORMED, message, { data: { line } });
}
