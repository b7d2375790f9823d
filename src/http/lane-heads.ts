/**
 * Reads heads one after another. A sender's differ in the length of the body only, and so do those of
 * its other connections: a head that equals the one before in all other bytes is not parsed again.
 */
import { HEAD_BYTES_MAX, type LaneHead, parseLaneHead } from "./lane-head.ts";

interface KnownHead {
  readonly head: LaneHead;
  /** The bytes around the digits of the length, up to the body. */
  readonly before: Buffer;
  readonly after: Buffer;
}

/** As many as a plain head may have. */
const DIGITS_MAX = 15;
const ZERO = 48;
const NINE = 57;

export class LaneHeads {
  #known: KnownHead | null = null;

  /** As `parseLaneHead`; heads that are alike share the object of their headers. */
  read(chunk: Buffer): LaneHead | null {
    const head = this.#knownHead(chunk);
    if (head !== null) return head;
    const parsed = parseLaneHead(chunk);
    if (parsed === null) return null;
    const { lengthAt, headBytes, bodyBytes } = parsed;
    // Copies: chunks are the socket's.
    const before = Buffer.from(chunk.subarray(0, lengthAt));
    const after = Buffer.from(chunk.subarray(lengthAt + String(bodyBytes).length, headBytes));
    this.#known = { head: parsed, before, after };
    return parsed;
  }

  #knownHead(chunk: Buffer): LaneHead | null {
    if (this.#known === null) return null;
    const { head, before, after } = this.#known;
    const lengthAt = before.length;
    if (chunk.length < lengthAt || chunk.compare(before, 0, lengthAt, 0, lengthAt) !== 0) {
      return null;
    }
    let at = lengthAt;
    let bodyBytes = 0;
    for (; at < chunk.length && chunk[at]! >= ZERO && chunk[at]! <= NINE; at++) {
      bodyBytes = 10 * bodyBytes + chunk[at]! - ZERO;
    }
    const digits = at - lengthAt;
    if (digits === 0 || digits > DIGITS_MAX || chunk[lengthAt] === ZERO) return null;
    const headBytes = at + after.length;
    if (chunk.length < headBytes || headBytes > HEAD_BYTES_MAX) return null;
    if (chunk.compare(after, 0, after.length, at, headBytes) !== 0) return null;
    return { target: head.target, headers: head.headers, bodyBytes, lengthAt, headBytes };
  }
}
