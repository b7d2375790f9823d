/** Operating errors of the query node. Errors of evaluation belong to `promql`. */
import type { ErrorCode } from "#base/engine-error.ts";

export const QUERY_QUEUE_FULL: ErrorCode = {
  code: "query.queue-full",
  http: 503,
  retryable: true,
  description: "more queries wait than the node is willing to hold",
};
