/**
 * Canonical label bytes, the identity of a series: per label in byte order of the names, varint
 * length + name, varint length + value, all UTF-8. Varints are minimal, so equal label sets have
 * equal bytes and nothing else does. Values are never empty. Whoever makes such bytes has validated
 * them; malformed ones here are a programmer error.
 */
import { assert } from "#base/assert.ts";
import { varintBytes, writeVarint } from "#base/bytes/varint.ts";
import { METRIC_NAME, labelsFromSorted, type Labels } from "./labels.ts";

/** Longest name or value the format carries (the length fits three varint bytes). */
export const LABEL_TEXT_BYTES_MAX = 65_535;

/** Longest text of `describeSeries`: enough to find a series, short enough for a log line. */
export const SERIES_TEXT_UNITS_MAX = 256;

const encoder = new TextEncoder();
/** A byte order mark inside a label is text like any other. */
const textDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

export function encodeLabels(labels: Labels): Uint8Array<ArrayBuffer> {
  const texts = labels.map((text) => encoder.encode(text));
  let size = 0;
  for (const text of texts) size += varintBytes(text.length) + text.length;
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const text of texts) {
    assert(
      text.length <= LABEL_TEXT_BYTES_MAX,
      () => `label text: got ${text.length} bytes, want at most ${LABEL_TEXT_BYTES_MAX}`,
    );
    at = writeVarint(bytes, at, text.length);
    bytes.set(text, at);
    at += text.length;
  }
  return bytes;
}

/** Decodes one label set; for many use one `LabelsDecoder`, which shares repeated strings. */
export function decodeLabels(
  bytes: Uint8Array,
  start: number = 0,
  end: number = bytes.length,
): Labels {
  return new LabelsDecoder().decode(bytes, start, end);
}

/** Length of the text whose varint stands at `at`; lengths have at most three varint bytes. */
export function textLengthAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 128) return first;
  const second = bytes[at + 1]!;
  if (second < 128) return (first & 127) | (second << 7);
  return (first & 127) | ((second & 127) << 7) | (bytes[at + 2]! << 14);
}

/** Bytes of the varint of a text length. */
export function textLengthBytes(length: number): number {
  return length < 128 ? 1 : length < 16_384 ? 2 : 3;
}

/** Slots of the string cache; direct mapped, so this bounds what a decoder keeps alive. */
const CACHE_SLOTS = 1024;
/** Longer texts rarely repeat and cost more to compare than they save. */
const CACHED_TEXT_BYTES_MAX = 64;

/**
 * Decodes label sets one after another. Names and values repeat from series to series, so recent
 * short ASCII texts are kept and handed out again instead of being decoded anew. Accepts views of
 * shared memory. Keep one per pass over many series; it holds at most CACHE_SLOTS strings.
 */
export class LabelsDecoder {
  readonly #cache: (string | undefined)[] = Array.from({ length: CACHE_SLOTS });

  decode(bytes: Uint8Array, start: number, end: number): Labels {
    const flat: string[] = [];
    let at = start;
    while (at < end) {
      const length = textLengthAt(bytes, at);
      at += textLengthBytes(length);
      flat.push(this.#text(bytes, at, at + length));
      at += length;
    }
    assert(
      at === end && flat.length % 2 === 0,
      () => `canonical labels: got ${flat.length} texts ending at ${at}, want pairs until ${end}`,
    );
    return labelsFromSorted(flat);
  }

  #text(bytes: Uint8Array, start: number, end: number): string {
    const length = end - start;
    let all = 0;
    let hash = length;
    if (length <= CACHED_TEXT_BYTES_MAX) {
      for (let i = start; i < end; i++) {
        const byte = bytes[i]!;
        all |= byte;
        hash = Math.imul(hash ^ byte, 0x0100_0193);
      }
    } else {
      all = 128;
    }
    if (all >= 128) return decodeUtf8(bytes, start, end);
    const slot = (hash ^ (hash >>> 15)) & (CACHE_SLOTS - 1);
    const cached = this.#cache[slot];
    if (cached !== undefined && isAscii(cached, bytes, start, end)) return cached;
    const text = String.fromCharCode.apply(null, bytes.subarray(start, end) as unknown as number[]);
    this.#cache[slot] = text;
    return text;
  }
}

/** True when `bytes[start, end)` spells `text` unit by unit. */
function isAscii(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) !== bytes[start + i]) return false;
  }
  return true;
}

function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  // A copy, because TextDecoder refuses views of shared memory.
  return textDecoder.decode(bytes.slice(start, end));
}

const PLAIN_METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const PLAIN_LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** The series as a selector a person can paste: `name{a="b", c="d"}`, cut at 256 characters. */
export function describeSeries(
  bytes: Uint8Array,
  start: number = 0,
  end: number = bytes.length,
): string {
  const labels = decodeLabels(bytes, start, end);
  let metric = "";
  const inside: string[] = [];
  for (let i = 0; i < labels.length; i += 2) {
    const name = labels[i]!;
    const value = labels[i + 1]!;
    if (name !== METRIC_NAME) {
      inside.push(
        `${PLAIN_LABEL.test(name) ? name : JSON.stringify(name)}=${JSON.stringify(value)}`,
      );
    } else if (PLAIN_METRIC.test(value)) {
      metric = value;
    } else {
      inside.unshift(JSON.stringify(value));
    }
  }
  const braces = inside.length > 0 || metric === "" ? `{${inside.join(", ")}}` : "";
  return cut(metric + braces);
}

function cut(text: string): string {
  if (text.length <= SERIES_TEXT_UNITS_MAX) return text;
  const kept = text.slice(0, SERIES_TEXT_UNITS_MAX - 1);
  return `${kept.isWellFormed() ? kept : kept.slice(0, -1)}…`;
}
