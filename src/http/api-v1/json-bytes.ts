/**
 * JSON straight into bytes. Answers have millions of samples, so the sample path makes no string
 * and no object where it can avoid it: integers are written digit by digit, other numbers go
 * through one short string, a value equal to the one before is copied. The caller writes the
 * punctuation. `bytesMax` bounds the answer: beyond it writing throws `http.answer-too-large`.
 */
import { EngineError } from "#base/engine-error.ts";
import { formatSampleValue } from "#model/format-float.ts";
import { HTTP_ANSWER_TOO_LARGE } from "../http-errors.ts";

const INITIAL_BYTES = 16 * 1024;
/** Room for one sample: two brackets, comma, quotes, and two numbers of at most 25 digits. */
const SAMPLE_BYTES_MAX = 64;
/** Longer strings are written faster by the platform than by a loop. */
const LOOP_CHARACTERS_MAX = 48;
const INT32_LIMIT = 2 ** 31;
const MILLION = 1_000_000;
/** What most measured fractions fit in; the rest is left to the platform. */
const DECIMALS = 4;
const DECIMAL_SCALE = 10_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;
const COMMA = 0x2c;
const OPEN = 0x5b;
const CLOSE = 0x5d;

export class JsonBytes {
  readonly #bytesMax: number;
  #bytes: Buffer<ArrayBuffer>;
  #length = 0;
  #lastValue = Number.NaN;
  #lastValueAt = 0;
  #lastValueBytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
    this.#bytes = Buffer.allocUnsafeSlow(Math.min(INITIAL_BYTES, bytesMax));
  }

  get length(): number {
    return this.#length;
  }

  /**
   * What was written, in a buffer of exactly that size, so that it can move to another thread
   * without a copy. The writer must not be used afterwards.
   */
  finish(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#bytes.buffer.transfer(this.#length));
  }

  /** ASCII, written as it is. */
  raw(text: string): this {
    this.#reserve(text.length);
    this.#ascii(text);
    return this;
  }

  /** A quoted string. */
  string(text: string): this {
    if (text.length <= LOOP_CHARACTERS_MAX && this.#plainString(text)) return this;
    const quoted = JSON.stringify(text);
    this.#reserve(quoted.length * 3);
    this.#length += this.#bytes.write(quoted, this.#length, "utf8");
    return this;
  }

  /** Milliseconds as seconds, with three decimals unless they are zero. */
  timestamp(ms: number): this {
    this.#reserve(SAMPLE_BYTES_MAX);
    this.#timestamp(ms);
    return this;
  }

  /** A quoted sample value. */
  value(value: number): this {
    this.#reserve(SAMPLE_BYTES_MAX);
    this.#value(value);
    return this;
  }

  /** `[timestamp,"value"]`, the form of every float sample. */
  sample(ms: number, value: number): this {
    this.#reserve(SAMPLE_BYTES_MAX);
    this.#bytes[this.#length++] = OPEN;
    this.#timestamp(ms);
    this.#bytes[this.#length++] = COMMA;
    this.#value(value);
    this.#bytes[this.#length++] = CLOSE;
    return this;
  }

  /** A whole number. */
  integer(value: number): this {
    this.#reserve(SAMPLE_BYTES_MAX);
    this.#ascii(String(value));
    return this;
  }

  #timestamp(ms: number): void {
    let rest = ms;
    if (rest < 0) {
      this.#bytes[this.#length++] = MINUS;
      rest = -rest;
    }
    const seconds = Math.floor(rest / 1000);
    this.#digits(seconds);
    const fraction = rest - seconds * 1000;
    if (fraction === 0) return;
    this.#bytes[this.#length++] = POINT;
    this.#padded(fraction, 3);
  }

  #value(value: number): void {
    if (value === this.#lastValue && value !== 0) {
      const bytes = this.#bytes;
      const from = this.#lastValueAt;
      const to = this.#length;
      // A handful of bytes: a loop is faster than the call of `copyWithin`.
      for (let i = 0; i < this.#lastValueBytes; i++) bytes[to + i] = bytes[from + i]!;
      this.#length = to + this.#lastValueBytes;
      return;
    }
    const at = this.#length;
    this.#bytes[this.#length++] = QUOTE;
    if (value === (value | 0) && value > 0) this.#int32(value);
    else if (!this.#shortDecimal(value)) this.#ascii(formatValue(value));
    this.#bytes[this.#length++] = QUOTE;
    this.#lastValue = value;
    this.#lastValueAt = at;
    this.#lastValueBytes = this.#length - at;
  }

  #digits(value: number): void {
    if (value < INT32_LIMIT) {
      this.#int32(value);
      return;
    }
    const high = Math.floor(value / MILLION);
    if (high >= INT32_LIMIT) this.#ascii(String(high));
    else this.#int32(high);
    this.#padded(value - high * MILLION, 6);
  }

  /**
   * Writes a number of at most four decimals and returns true, or returns false. Two decimals of at
   * most 15 digits are never the same float64, so the one found is the shortest that reads back.
   */
  #shortDecimal(value: number): boolean {
    const size = Math.abs(value);
    const scaled = Math.round(size * DECIMAL_SCALE);
    if (scaled >= INT32_LIMIT || scaled === 0 || scaled / DECIMAL_SCALE !== size) return false;
    if (value < 0) this.#bytes[this.#length++] = MINUS;
    const whole = (scaled / DECIMAL_SCALE) | 0;
    let fraction = scaled - whole * DECIMAL_SCALE;
    this.#int32(whole);
    if (fraction === 0) return true;
    let width = DECIMALS;
    for (; fraction % 10 === 0; fraction = (fraction / 10) | 0) width--;
    this.#bytes[this.#length++] = POINT;
    this.#padded(fraction, width);
    return true;
  }

  #int32(value: number): void {
    let width = 1;
    for (let limit = 10; limit <= value; limit *= 10) width++;
    this.#padded(value, width);
  }

  #padded(value: number, width: number): void {
    let rest = value | 0;
    for (let at = this.#length + width - 1; at >= this.#length; at--) {
      const tenth = (rest / 10) | 0;
      this.#bytes[at] = ZERO + (rest - tenth * 10);
      rest = tenth;
    }
    this.#length += width;
  }

  /** The caller has reserved `text.length` bytes. */
  #ascii(text: string): void {
    if (text.length > LOOP_CHARACTERS_MAX) {
      this.#length += this.#bytes.write(text, this.#length, "latin1");
      return;
    }
    for (let i = 0; i < text.length; i++) this.#bytes[this.#length++] = text.charCodeAt(i);
  }

  /** Writes `text` unless it needs escapes or is not ASCII; returns whether it did. */
  #plainString(text: string): boolean {
    const start = this.#length;
    this.#reserve(text.length + 2);
    this.#bytes[this.#length++] = QUOTE;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit < 0x20 || unit > 0x7e || unit === QUOTE || unit === BACKSLASH) {
        this.#length = start;
        return false;
      }
      this.#bytes[this.#length++] = unit;
    }
    this.#bytes[this.#length++] = QUOTE;
    return true;
  }

  #reserve(count: number): void {
    const want = this.#length + count;
    if (want <= this.#bytes.length) return;
    if (want > this.#bytesMax) {
      const message = `cannot encode the answer: it is over ${this.#bytesMax} bytes`;
      throw new EngineError(HTTP_ANSWER_TOO_LARGE, message, { data: { bytesMax: this.#bytesMax } });
    }
    const size = Math.min(Math.max(want, this.#bytes.length * 2), this.#bytesMax);
    const grown = Buffer.allocUnsafeSlow(size);
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}

function formatValue(value: number): string {
  const size = Math.abs(value);
  // Inside these bounds JavaScript prints the same shortest digits, without an exponent.
  const isPlain = size >= 1e-6 && size < 1e21;
  return isPlain ? String(value) : formatSampleValue(value);
}
