/**
 * Connections whose bytes are no HTTP request, or came too slowly to become one. There is no request
 * object to answer, so a complete answer is written to the socket and the connection closed.
 */
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { errorAnswer } from "./error-answer.ts";
import { EngineError } from "#base/engine-error.ts";
import { HTTP_BAD_REQUEST, HTTP_BODY_TIMEOUT } from "./http-errors.ts";

const HEADER_OVERFLOW = {
  code: "http.headers-too-large",
  http: 431,
  retryable: false,
  description: "the headers are over the limit",
};

export function refuseMalformed(error: Error & { code?: string }, socket: Duplex): void {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const answer = errorAnswer(causeOf(error.code ?? ""));
  const head = [
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}`,
    `content-type: ${answer.headers["content-type"]}`,
    `content-length: ${answer.body.length}`,
    "connection: close",
  ];
  socket.end(Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), answer.body]));
}

function causeOf(code: string): EngineError {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    return new EngineError(HTTP_BODY_TIMEOUT, "cannot read the request: it took too long");
  }
  if (code === "HPE_HEADER_OVERFLOW") {
    return new EngineError(HEADER_OVERFLOW, "cannot read the request: its headers are too large");
  }
  return new EngineError(HTTP_BAD_REQUEST, "cannot read the request: it is not well-formed HTTP");
}
