/** Operating errors of the sample codecs. */
import type { ErrorCode } from "#base/engine-error.ts";

export const CHUNK_CORRUPT: ErrorCode = {
  code: "chunk.corrupt",
  retryable: false,
  http: 500,
  description: "Encoded samples do not match their checksum, or are not what an encoder writes.",
};

export const CHUNK_VERSION: ErrorCode = {
  code: "chunk.version",
  retryable: false,
  http: 500,
  description: "A page is of a newer format version than this build reads.",
};
