/**
 * Writes the remote write 1.0 message of `expand-request.ts`: the twin of `wasm/expand-output.ts`.
 * What does not fit is not begun, and false tells so.
 */
import type { KernelViews } from "./kernel-memory.ts";
import {
  SYMBOL_BYTES,
  SYMBOL_LENGTH,
  SYMBOL_OFFSET,
  TYPE_GAUGE_HISTOGRAM,
  TYPE_HISTOGRAM,
  TYPE_SUMMARY,
} from "./layout/expand-layout.ts";

const MESSAGE_HEAD = 3;
const LENGTH_EXTRA = 3;
const LENGTH_SHORT_MAX: number = 1 << 14;
const VARINT_BYTES = 10;
const LABEL_TAG = 0x0a;
const METRIC_NAME = "__name__";
const METADATA_TAG = 0x1a;
const HISTOGRAM_SUFFIXES: readonly string[] = ["_sum", "_count", "_bucket"];
const SUMMARY_SUFFIXES: readonly string[] = ["_sum", "_count"];

/** 64 bits as two words. */
export interface Word64 {
  low: number;
  high: number;
}

export class ExpandOutput {
  readonly #views: KernelViews;
  readonly #symbols: number;
  readonly #end: number;
  /** Where the next byte goes. */
  at: number;

  constructor(views: KernelViews, symbols: number, target: number, bytes: number) {
    this.#views = views;
    this.#symbols = symbols;
    this.at = target;
    this.#end = target + bytes;
  }

  openMessage(tag: number): boolean {
    if (this.#end - this.at < MESSAGE_HEAD) return false;
    this.#views.u8[this.at] = tag;
    this.at += MESSAGE_HEAD;
    return true;
  }

  /** Writes the length of the message opened at `start`: two bytes, or five when it is long. */
  closeMessage(start: number): boolean {
    const { u8 } = this.#views;
    const body = start + MESSAGE_HEAD;
    const bytes = this.at - body;
    const isLong = bytes >= LENGTH_SHORT_MAX;
    if (isLong && this.#end - this.at < LENGTH_EXTRA) return false;
    if (isLong) {
      u8.copyWithin(body + LENGTH_EXTRA, body, this.at);
      this.at += LENGTH_EXTRA;
    }
    const last = isLong ? 5 : 2;
    for (let i = 1; i < last; i++) u8[start + i] = ((bytes >>> (7 * (i - 1))) & 127) | 128;
    u8[start + last] = bytes >>> (7 * (last - 1));
    return true;
  }

  putLabel(name: number, value: number): boolean {
    const pair = textBytes(this.#length(name)) + textBytes(this.#length(value));
    if (this.#end - this.at < 1 + varintBytes(pair, 0) + pair) return false;
    this.#views.u8[this.at++] = LABEL_TAG;
    this.#varint(pair, 0);
    this.#text(0x0a, this.#offset(name), this.#length(name));
    this.#text(0x12, this.#offset(value), this.#length(value));
    return true;
  }

  putSample(tag: number, value: Word64, time: Word64): boolean {
    const bytes = 10 + varintBytes(time.low, time.high);
    if (this.#end - this.at < 2 + bytes) return false;
    const { u8 } = this.#views;
    u8[this.at++] = tag;
    u8[this.at++] = bytes;
    this.#valueAndTime(0x09, value, 0x10, time);
    return true;
  }

  putExemplarEnd(value: Word64, time: Word64): boolean {
    if (this.#end - this.at < 10 + VARINT_BYTES) return false;
    this.#valueAndTime(0x11, value, 0x18, time);
    return true;
  }

  /** A field as it is. */
  putField(tag: number, body: number, bytes: number): boolean {
    if (this.#end - this.at < textBytes(bytes)) return false;
    this.#text(tag, body, bytes);
    return true;
  }

  /** Metadata of the family that the metric is of; symbol 0 is no help and no unit. */
  putMetadata(metric: number, type: number, help: number, unit: number): boolean {
    const nameBytes = this.#familyBytes(metric, type);
    const helpBytes = help === 0 ? 0 : this.#length(help);
    const unitBytes = unit === 0 ? 0 : this.#length(unit);
    const bytes = 2 + textBytes(nameBytes) + textBytes(helpBytes) + textBytes(unitBytes);
    if (this.#end - this.at < textBytes(bytes)) return false;
    const { u8 } = this.#views;
    u8[this.at++] = METADATA_TAG;
    this.#varint(bytes, 0);
    u8[this.at++] = 0x08;
    u8[this.at++] = type;
    this.#text(0x12, this.#offset(metric), nameBytes);
    this.#text(0x22, this.#offset(help), helpBytes);
    this.#text(0x2a, this.#offset(unit), unitBytes);
    return true;
  }

  isMetricName(symbol: number): boolean {
    return this.#length(symbol) === METRIC_NAME.length && this.#symbolText(symbol) === METRIC_NAME;
  }

  /** The symbol's bytes as characters of one byte each. */
  #symbolText(symbol: number): string {
    const offset = this.#offset(symbol);
    const bytes = this.#views.u8.subarray(offset, offset + this.#length(symbol));
    return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  }

  /** Length of the name without what names a part of a histogram or summary. */
  #familyBytes(metric: number, type: number): number {
    const name = this.#symbolText(metric);
    const isHistogram = type === TYPE_HISTOGRAM || type === TYPE_GAUGE_HISTOGRAM;
    if (!isHistogram && type !== TYPE_SUMMARY) return name.length;
    const suffixes = isHistogram ? HISTOGRAM_SUFFIXES : SUMMARY_SUFFIXES;
    const suffix = suffixes.find((end) => name.endsWith(end) && name.length > end.length) ?? "";
    return name.length - suffix.length;
  }

  #valueAndTime(valueTag: number, value: Word64, timeTag: number, time: Word64): void {
    const { u8 } = this.#views;
    u8[this.at++] = valueTag;
    for (let i = 0; i < 4; i++) u8[this.at++] = value.low >>> (8 * i);
    for (let i = 0; i < 4; i++) u8[this.at++] = value.high >>> (8 * i);
    u8[this.at++] = timeTag;
    this.#varint(time.low, time.high);
  }

  #text(tag: number, from: number, bytes: number): void {
    const { u8 } = this.#views;
    u8[this.at++] = tag;
    this.#varint(bytes, 0);
    u8.copyWithin(this.at, from, from + bytes);
    this.at += bytes;
  }

  #varint(low: number, high: number): void {
    const { u8 } = this.#views;
    const bytes = varintBytes(low, high);
    for (let i = 1; i < bytes; i++) u8[this.at++] = sevenBits(low, high, i - 1) | 128;
    u8[this.at++] = sevenBits(low, high, bytes - 1);
  }

  #offset(symbol: number): number {
    return this.#views.u32[(this.#symbols + symbol * SYMBOL_BYTES + SYMBOL_OFFSET) >>> 2]!;
  }

  #length(symbol: number): number {
    return this.#views.u32[(this.#symbols + symbol * SYMBOL_BYTES + SYMBOL_LENGTH) >>> 2]!;
  }
}

function textBytes(bytes: number): number {
  return 1 + varintBytes(bytes, 0) + bytes;
}

function varintBytes(low: number, high: number): number {
  const bits = high === 0 ? 32 - Math.clz32(low) : 64 - Math.clz32(high);
  return Math.max(1, Math.ceil(bits / 7));
}

/** The seven bits from bit `7 * group` on. */
function sevenBits(low: number, high: number, group: number): number {
  const shift = 7 * group;
  if (shift >= 32) return (high >>> (shift - 32)) & 127;
  const over = shift > 25 ? high << (32 - shift) : 0;
  return ((low >>> shift) | over) & 127;
}
