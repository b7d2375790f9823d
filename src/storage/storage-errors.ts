/**
 * Operating errors of storage, one table. Verdicts on single samples are not errors: see
 * `verdict.ts`. Anything here concerns a whole request or a whole shard.
 */
import type { ErrorCode } from "#base/engine-error.ts";

function code(name: string, http: number, retryable: boolean, description: string): ErrorCode {
  return { code: name, http, retryable, description };
}

export const BODY_MALFORMED: ErrorCode = code(
  "storage.body-malformed",
  400,
  false,
  "the request body is not what its content type says",
);
export const BODY_TOO_LARGE: ErrorCode = code(
  "storage.body-too-large",
  413,
  false,
  "the request body, as sent or as declared after decompression, is over the limit",
);
export const SHARD_UNAVAILABLE: ErrorCode = code(
  "storage.shard-unavailable",
  503,
  true,
  "a shard is not open, is draining, or has failed",
);
export const OVERLOADED: ErrorCode = code(
  "storage.overloaded",
  503,
  true,
  "a bounded queue or budget is full; send again later",
);
export const LOG_FAILED: ErrorCode = code(
  "storage.log-failed",
  503,
  true,
  "the write-ahead log could not be written; nothing after the error is acknowledged",
);
export const DEADLINE_PASSED: ErrorCode = code(
  "storage.deadline-passed",
  503,
  true,
  "not every part of the request was durable before the deadline",
);
export const RANGE_TOO_LARGE: ErrorCode = code(
  "storage.range-too-large",
  422,
  false,
  "a read wants more of one series than fits its budget; ask for a shorter range",
);
export const CORRUPTION: ErrorCode = code(
  "storage.corruption",
  500,
  false,
  "bytes below a durable position fail their checksum",
);
export const FORMAT_UNSUPPORTED: ErrorCode = code(
  "storage.format-unsupported",
  500,
  false,
  "a file was written by a newer major format version",
);
export const TENANT_LIMIT: ErrorCode = code(
  "storage.tenant-limit",
  429,
  true,
  "a limit that the configuration sets for the tenant is reached",
);
