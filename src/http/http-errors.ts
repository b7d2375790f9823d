/** Errors of the HTTP edge itself: requests refused before any door was asked. */
import type { ErrorCode } from "#base/engine-error.ts";

function refuse(name: string, http: number, description: string): ErrorCode {
  return { code: `http.${name}`, http, retryable: http === 503, description };
}

export const HTTP_NOT_FOUND: ErrorCode = refuse("not-found", 404, "no route has this path");
export const HTTP_TENANT_UNKNOWN: ErrorCode = refuse(
  "tenant-unknown",
  404,
  "no tenant has this number",
);
export const HTTP_ADMIN_OFF: ErrorCode = refuse(
  "admin-off",
  403,
  "the admin API is off; `http.adminApi` switches it on",
);
export const HTTP_METHOD_NOT_ALLOWED: ErrorCode = refuse(
  "method-not-allowed",
  405,
  "the route exists but not for this method; `Allow` lists those it has",
);
export const HTTP_BODY_TIMEOUT: ErrorCode = refuse(
  "body-timeout",
  408,
  "the client took longer than `http.bodyTimeout` to send the body",
);
export const HTTP_BODY_TOO_LARGE: ErrorCode = refuse(
  "body-too-large",
  413,
  "the body, as declared or as received, is over the limit of the route",
);
export const HTTP_MEDIA_TYPE: ErrorCode = refuse(
  "media-type",
  415,
  "the content type or encoding of the body is none the route can read",
);
export const HTTP_BAD_REQUEST: ErrorCode = refuse(
  "bad-request",
  400,
  "the request is not well formed",
);
export const HTTP_CLIENT_GONE: ErrorCode = refuse(
  "client-gone",
  499,
  "the client closed the connection before it was answered",
);
export const HTTP_BUSY: ErrorCode = refuse("busy", 503, "too many requests are being answered");
export const HTTP_ANSWER_TOO_LARGE: ErrorCode = refuse(
  "answer-too-large",
  422,
  "the encoded answer is over the limit; ask for fewer series or points",
);
