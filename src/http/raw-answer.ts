/** The bytes of an answer on connections that node:http does not write to. */
import { STATUS_CODES } from "node:http";
import type { ApiAnswer } from "./doors.ts";
import { KEEP_ALIVE_MS } from "./http-limits.ts";

const NO_CONTENT = 204;
const MS_PER_SECOND = 1000;
const KEEP = `Connection: keep-alive\r\nKeep-Alive: timeout=${KEEP_ALIVE_MS / MS_PER_SECOND}\r\n`;
const CLOSE = "Connection: close\r\n";

/** Made once a second. */
let dateLine = "";
let dateSecond = 0;

export function rawAnswer(answer: ApiAnswer, isLast: boolean): string | Buffer {
  const { status, headers, body } = answer;
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\nx-content-type-options: nosniff\r\n`;
  for (const name of Object.keys(headers)) head += `${name}: ${headers[name]}\r\n`;
  if (status !== NO_CONTENT) head += `content-length: ${body.length}\r\n`;
  head += `${date()}${isLast ? CLOSE : KEEP}\r\n`;
  return body.length === 0 ? head : Buffer.concat([Buffer.from(head, "latin1"), body]);
}

function date(): string {
  const nowMs = Date.now();
  const second = Math.floor(nowMs / MS_PER_SECOND);
  if (second !== dateSecond) {
    dateSecond = second;
    dateLine = `Date: ${new Date(nowMs).toUTCString()}\r\n`;
  }
  return dateLine;
}
