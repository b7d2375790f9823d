/** Error codes of the PromQL layer; edges map them to HTTP and never invent their own. */
import type { ErrorCode } from "#base/engine-error.ts";

/** The query text is not a valid expression. */
export const PROMQL_PARSE: ErrorCode = {
  code: "promql.parse",
  retryable: false,
  http: 400,
  description: "the query text is not a valid PromQL expression",
};

/** The query is valid but cannot be evaluated over the given times. */
export const PROMQL_EXECUTION: ErrorCode = {
  code: "promql.execution",
  retryable: false,
  http: 422,
  description: "the query cannot be evaluated",
};
