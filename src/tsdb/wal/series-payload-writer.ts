/**
 * Builds the payload of RECORD_SERIES: the labels behind refs that the primary has just issued.
 * One writer per shard, reused: `reset`, `add` per series, then `payload`, a view that is valid
 * until the next `reset` or `add`. Layout in FORMAT.md.
 */
import { assert } from "#base/assert.ts";
import type { SeriesRef, TenantId } from "#model/refs.ts";
import { recordPayloadBytesMax } from "./record-codec.ts";
import { SERIES_HEAD_BYTES, SERIES_PREFIX_BYTES } from "./series-payload-reader.ts";

/** Holds some 200 series of usual labels before it has to grow. */
const INITIAL_BYTES = 32 * 1024;

export class SeriesPayloadWriter {
  readonly #bytesMax: number;
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(INITIAL_BYTES);
  #words: Uint32Array<ArrayBuffer> = new Uint32Array(this.#bytes.buffer);
  #length = SERIES_PREFIX_BYTES;
  #count = 0;

  constructor(bytesMax: number = recordPayloadBytesMax) {
    assert(bytesMax >= SERIES_PREFIX_BYTES && bytesMax % 8 === 0, "series payload: odd limit");
    this.#bytesMax = bytesMax;
  }

  get count(): number {
    return this.#count;
  }

  get payload(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  reset(tenant: TenantId): void {
    this.#words[0] = tenant;
    this.#words[1] = 0;
    this.#length = SERIES_PREFIX_BYTES;
    this.#count = 0;
  }

  /**
   * Adds one series with the canonical label bytes `labels[start, end)`. False, and nothing added,
   * when the record would pass the limit: log what is here, `reset` and add again.
   */
  add(
    ref: SeriesRef,
    fingerprintLow: number,
    fingerprintHigh: number,
    placementLow: number,
    placementHigh: number,
    labels: Uint8Array,
    start: number,
    end: number,
  ): boolean {
    const labelBytes = end - start;
    const next = this.#length + SERIES_HEAD_BYTES + ((labelBytes + 7) & ~7);
    if (next > this.#bytesMax) {
      assert(this.#count > 0, () => `series payload: ${labelBytes} label bytes in one series`);
      return false;
    }
    if (next > this.#bytes.length) this.#grow(next);
    const at = this.#length / 4;
    this.#words[at] = ref;
    this.#words[at + 1] = labelBytes;
    this.#words[at + 2] = fingerprintLow;
    this.#words[at + 3] = fingerprintHigh;
    this.#words[at + 4] = placementLow;
    this.#words[at + 5] = placementHigh;
    this.#bytes.set(labels.subarray(start, end), this.#length + SERIES_HEAD_BYTES);
    this.#bytes.fill(0, this.#length + SERIES_HEAD_BYTES + labelBytes, next);
    this.#length = next;
    this.#count++;
    return true;
  }

  #grow(needed: number): void {
    let size = this.#bytes.length;
    while (size < needed) size *= 2;
    const grown = new Uint8Array(Math.min(size, this.#bytesMax));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#words = new Uint32Array(grown.buffer);
  }
}
