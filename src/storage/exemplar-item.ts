/**
 * One exemplar as it goes from the receiver to its shard, into the log and into the ring, always the
 * same bytes (`tsdb/exemplars/FORMAT.md`). Labels of the series and of the exemplar are canonical bytes.
 */
import { assert } from "#base/assert.ts";
import { align8 } from "#base/bytes/align8.ts";
import { type ItemForm, splitItems } from "./split-items.ts";

const HEAD_BYTES = 24;
const WORD = 2 ** 32;

export interface ExemplarParts {
  readonly series: Uint8Array;
  readonly labels: Uint8Array;
  /** Integer in [-2^52, 2^52). */
  readonly timestampMs: number;
  /** The 64 bits of the value, low then high. */
  readonly value: readonly [low: number, high: number];
}

export class ExemplarItem {
  /** All of it; a view unless `owned` made it. */
  readonly bytes: Uint8Array;
  readonly timestampMs: number;
  readonly value: number;
  readonly #seriesEnd: number;
  readonly #labelsEnd: number;

  constructor(bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.bytes = bytes;
    this.#seriesEnd = HEAD_BYTES + view.getUint32(0, true);
    this.#labelsEnd = this.#seriesEnd + view.getUint32(4, true);
    this.timestampMs = view.getInt32(12, true) * WORD + view.getUint32(8, true);
    this.value = view.getFloat64(16, true);
  }

  get series(): Uint8Array {
    return this.bytes.subarray(HEAD_BYTES, this.#seriesEnd);
  }

  get labels(): Uint8Array {
    return this.bytes.subarray(this.#seriesEnd, this.#labelsEnd);
  }

  /** The same over bytes of its own, to keep. */
  owned(): ExemplarItem {
    return new ExemplarItem(this.bytes.slice());
  }
}

export function encodeExemplarItem(parts: ExemplarParts): Uint8Array {
  const { series, labels, timestampMs, value } = parts;
  assert(Number.isSafeInteger(timestampMs), () => `exemplar: got ${timestampMs} ms`);
  const bytes = new Uint8Array(align8(HEAD_BYTES + series.length + labels.length));
  const view = new DataView(bytes.buffer);
  const high = Math.floor(timestampMs / WORD);
  view.setUint32(0, series.length, true);
  view.setUint32(4, labels.length, true);
  view.setUint32(8, timestampMs - high * WORD, true);
  view.setInt32(12, high, true);
  view.setUint32(16, value[0], true);
  view.setUint32(20, value[1], true);
  bytes.set(series, HEAD_BYTES);
  bytes.set(labels, HEAD_BYTES + series.length);
  return bytes;
}

const FORM: ItemForm<ExemplarItem> = {
  one: "exemplar",
  many: "exemplars",
  headBytes: HEAD_BYTES,
  bodyBytes: (view, at) => view.getUint32(at, true) + view.getUint32(at + 4, true),
  item: (bytes) => new ExemplarItem(bytes),
};

/** The items of a batch or record, as views. Throws `storage.corruption`. */
export function splitExemplarItems(bytes: Uint8Array, count: number): ExemplarItem[] {
  return splitItems(bytes, count, FORM);
}
