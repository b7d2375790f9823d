/**
 * Cuts a stream of bytes into lines of text. Feed a chunk, take lines until there are none, feed the
 * next. Holds at most one unfinished line of `bytesMax`; a longer one comes out as a fault.
 */
import { assert } from "#base/assert.ts";

export interface SplitLine {
  /** From 1. */
  readonly number: number;
  /** Empty when there is a fault. */
  readonly text: string;
  readonly fault: string | null;
}

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const EMPTY = Buffer.alloc(0);

export class LineSplitter {
  readonly #bytesMax: number;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #chunk: Buffer = EMPTY;
  #at = 0;
  /** The beginning of a line whose end has not come. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  #number = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** All lines of the chunk before must have been taken. Keeps parts of `chunk`. */
  feed(chunk: Uint8Array): void {
    assert(this.#at === this.#chunk.length, "line splitter: fed before all lines were taken");
    this.#chunk = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.#at = 0;
  }

  /** The next whole line, or null when the rest has no end yet. */
  next(): SplitLine | null {
    const end = this.#chunk.indexOf(NEWLINE, this.#at);
    if (end >= 0) {
      const tail = this.#chunk.subarray(this.#at, end);
      this.#at = end + 1;
      return this.#line(tail);
    }
    this.#hold(this.#chunk.subarray(this.#at));
    this.#chunk = EMPTY;
    this.#at = 0;
    return null;
  }

  /** The last line, when it has no newline. */
  end(): SplitLine | null {
    return this.#heldBytes === 0 ? null : this.#line(EMPTY);
  }

  #hold(part: Buffer): void {
    this.#heldBytes += part.length;
    if (this.#heldBytes > this.#bytesMax) this.#held = [];
    else if (part.length > 0) this.#held.push(Buffer.from(part));
  }

  #line(tail: Buffer): SplitLine {
    const number = ++this.#number;
    const bytes = this.#heldBytes + tail.length;
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    if (bytes > this.#bytesMax) {
      const fault = `got a line of ${bytes} bytes, want at most ${this.#bytesMax}`;
      return { number, text: "", fault };
    }
    const whole = held.length === 0 ? tail : Buffer.concat([...held, tail]);
    const length = whole.at(-1) === CARRIAGE_RETURN ? whole.length - 1 : whole.length;
    try {
      return { number, text: this.#decoder.decode(whole.subarray(0, length)), fault: null };
    } catch {
      return { number, text: "", fault: "got bytes that are not UTF-8" };
    }
  }
}
