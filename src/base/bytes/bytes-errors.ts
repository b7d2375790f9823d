/** Operating errors of the byte cursors: data that does not parse, and data past a limit. */
import type { ErrorCode } from "../engine-error.ts";

export const BYTES_MALFORMED: ErrorCode = {
  code: "bytes.malformed",
  retryable: false,
  http: 400,
  description: "A byte sequence ended early or holds a value outside its range.",
};

export const BYTES_LIMIT: ErrorCode = {
  code: "bytes.limit",
  retryable: false,
  http: 413,
  description: "A byte sequence would grow past the limit set for it.",
};
