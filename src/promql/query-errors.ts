/** Operating errors of a running query, beside the two of `promql-errors.ts`. */
import { EngineError, type ErrorCode } from "#base/engine-error.ts";
import { PROMQL_EXECUTION } from "./promql-errors.ts";

export const PROMQL_TIMEOUT: ErrorCode = {
  code: "promql.timeout",
  retryable: true,
  http: 503,
  description: "the query ran longer than its timeout",
};

export const PROMQL_CANCELED: ErrorCode = {
  code: "promql.canceled",
  retryable: false,
  http: 499,
  description: "the query was canceled, usually because its client went away",
};

export const PROMQL_LIMIT: ErrorCode = {
  code: "promql.limit",
  retryable: false,
  http: 422,
  description: "the query needs more samples, series or bytes than one query may hold",
};

export const PROMQL_LEAF_UNSUITED: ErrorCode = {
  code: "promql.leaf-unsuited",
  retryable: false,
  http: 500,
  description: "a part of a query cannot be worked out next to the data; the engine reads it then",
};

export const PROMQL_RANGE_TYPE: ErrorCode = {
  code: "promql.range-type",
  retryable: false,
  http: 400,
  description: "a range query gives a scalar or an instant vector per step, nothing else",
};

/** An evaluation error. The words reach clients as they are and equal those of Prometheus. */
export function executionError(message: string): EngineError {
  return new EngineError(PROMQL_EXECUTION, message);
}

export function duplicateSeriesError(): EngineError {
  return executionError("vector cannot contain metrics with the same labelset");
}
