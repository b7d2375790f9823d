/** Operating errors of rule evaluation. */
import type { ErrorCode } from "#base/engine-error.ts";

export const RULE_FAILED: ErrorCode = {
  code: "rules.failed",
  http: 422,
  retryable: false,
  description: "a rule gave a result that cannot be stored or alerted on",
};
