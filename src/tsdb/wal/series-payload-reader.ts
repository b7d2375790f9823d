/**
 * Walks the payload of RECORD_SERIES: `next` steps to a series and fills the public fields. Label
 * bytes stay in the payload at `labelStart..labelEnd`, valid as long as the payload is. A payload
 * that does not hold exactly the announced series throws `storage.corruption`.
 */
import { assert } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import type { SeriesRef, TenantId } from "#model/refs.ts";
import { CORRUPTION } from "#storage/storage-errors.ts";

/** tenant u32, zero u32. */
export const SERIES_PREFIX_BYTES = 8;
/** ref u32, label bytes u32, fingerprint u64, placement u64; then the labels, padded to 8. */
export const SERIES_HEAD_BYTES = 24;

export class SeriesPayloadReader {
  readonly tenant: TenantId;
  readonly payload: Uint8Array;
  ref: SeriesRef = 0 as SeriesRef;
  fingerprintLow = 0;
  fingerprintHigh = 0;
  placementLow = 0;
  placementHigh = 0;
  labelStart = 0;
  labelEnd = 0;
  readonly #words: Uint32Array;
  readonly #count: number;
  #read = 0;
  #offset = SERIES_PREFIX_BYTES;

  /** `count` is that of the record. */
  constructor(payload: Uint8Array, count: number) {
    assert(payload.byteOffset % 8 === 0, () => `series: offset ${payload.byteOffset} unaligned`);
    if (payload.length < SERIES_PREFIX_BYTES || payload.length % 8 !== 0) {
      throw malformed(`${payload.length} bytes for ${count} series`);
    }
    this.payload = payload;
    this.#words = new Uint32Array(payload.buffer, payload.byteOffset, payload.length / 4);
    this.#count = count;
    this.tenant = this.#words[0]! as TenantId;
  }

  next(): boolean {
    if (this.#read === this.#count) {
      if (this.#offset === this.payload.length) return false;
      throw malformed(`${this.payload.length - this.#offset} bytes follow ${this.#count} series`);
    }
    const labelStart = this.#offset + SERIES_HEAD_BYTES;
    if (labelStart > this.payload.length) throw malformed(`ends inside series ${this.#read}`);
    const at = this.#offset / 4;
    const labelBytes = this.#words[at + 1]!;
    if (labelBytes > this.payload.length - labelStart) {
      throw malformed(`series ${this.#read} claims ${labelBytes} label bytes`);
    }
    this.ref = this.#words[at]! as SeriesRef;
    this.fingerprintLow = this.#words[at + 2]!;
    this.fingerprintHigh = this.#words[at + 3]!;
    this.placementLow = this.#words[at + 4]!;
    this.placementHigh = this.#words[at + 5]!;
    this.labelStart = labelStart;
    this.labelEnd = labelStart + labelBytes;
    this.#offset = labelStart + Math.ceil(labelBytes / 8) * 8;
    this.#read++;
    return true;
  }
}

function malformed(cause: string): EngineError {
  return new EngineError(CORRUPTION, `cannot decode series: ${cause}`);
}
