/**
 * What a slice holds for one shard beside what the routing kernel packs: label entries, and the
 * samples of series whose ref is not known. One per shard and receiver, reused from slice to slice;
 * columns are views that are valid until `clear`.
 */
import { assert } from "#base/assert.ts";
import type { ShardId } from "#model/refs.ts";
import type { AppendBatch } from "#storage/append-batch.ts";

const SAMPLES_INITIAL = 64;
const ENTRIES_INITIAL = 16;
const LABEL_BYTES_INITIAL = 4096;

/** The columns of a batch; who sends it adds tenant, shard and generation. */
export type PartColumns = Pick<
  AppendBatch,
  | "labelCount"
  | "labelStart"
  | "labelBytes"
  | "fingerprints"
  | "placements"
  | "sampleCount"
  | "knownCount"
  | "series"
  | "timestamps"
  | "values"
>;

const NO_WORDS = new Uint32Array(0);
const NO_STARTS = new Uint32Array(1);
const NO_BYTES = new Uint8Array(0);

/** Of a batch without samples. */
export const NO_COLUMNS: PartColumns = {
  labelCount: 0,
  labelStart: NO_STARTS,
  labelBytes: NO_BYTES,
  fingerprints: NO_WORDS,
  placements: NO_WORDS,
  sampleCount: 0,
  knownCount: 0,
  series: NO_WORDS,
  timestamps: new Float64Array(0),
  values: new Float64Array(0),
};

export class ShardPart {
  readonly shard: ShardId;
  #sampleCount = 0;
  #series = new Uint32Array(SAMPLES_INITIAL);
  #timestamps = new Float64Array(SAMPLES_INITIAL);
  #values = new Float64Array(SAMPLES_INITIAL);
  #valueWords = new Uint32Array(this.#values.buffer);
  #entryCount = 0;
  #labelStart = new Uint32Array(ENTRIES_INITIAL + 1);
  #labelBytes = new Uint8Array(LABEL_BYTES_INITIAL);
  #fingerprints = new Uint32Array(2 * ENTRIES_INITIAL);
  #placements = new Uint32Array(2 * ENTRIES_INITIAL);
  /** Receiver-side identity of each label entry, for caching the ref that comes back. */
  #entryIds = new Uint32Array(ENTRIES_INITIAL);
  #slice = 0;

  constructor(shard: ShardId) {
    this.shard = shard;
  }

  get sampleCount(): number {
    return this.#sampleCount;
  }

  /** True once per slice: the receiver keeps a list of the parts that a slice touches. */
  isUntouched(slice: number): boolean {
    if (this.#slice === slice) return false;
    this.#slice = slice;
    return true;
  }

  /** `words` holds values as pairs of words: NaN bits survive only as words. */
  add(entry: number, timestampMs: number, words: Uint32Array, index: number): void {
    const at = this.#sampleCount;
    if (at === this.#series.length) this.#reserve(at + 1);
    this.#sampleCount = at + 1;
    this.#series[at] = entry;
    this.#timestamps[at] = timestampMs;
    this.#valueWords[2 * at] = words[2 * index]!;
    this.#valueWords[2 * at + 1] = words[2 * index + 1]!;
  }

  /** Adds a label set by its canonical bytes and hashes (low, high); returns its entry number. */
  addEntry(
    id: number,
    canonical: Uint8Array,
    fingerprint: Uint32Array,
    placement: Uint32Array,
  ): number {
    const entry = this.#entryCount++;
    if (entry === this.#entryIds.length) this.#growEntries();
    const start = this.#labelStart[entry]!;
    const end = start + canonical.length;
    if (end > this.#labelBytes.length) {
      const larger = new Uint8Array(Math.max(end, 2 * this.#labelBytes.length));
      larger.set(this.#labelBytes.subarray(0, start));
      this.#labelBytes = larger;
    }
    this.#labelBytes.set(canonical, start);
    this.#labelStart[entry + 1] = end;
    this.#entryIds[entry] = id;
    this.#fingerprints[2 * entry] = fingerprint[0]!;
    this.#fingerprints[2 * entry + 1] = fingerprint[1]!;
    this.#placements[2 * entry] = placement[0]!;
    this.#placements[2 * entry + 1] = placement[1]!;
    return entry;
  }

  /** Identities of the label entries, index-aligned; a copy the caller may keep. */
  entryIds(): Uint32Array {
    return this.#entryIds.slice(0, this.#entryCount);
  }

  columns(): PartColumns {
    const sampleCount = this.#sampleCount;
    assert(sampleCount > 0, () => `shard part ${this.shard}: batch without samples`);
    return {
      labelCount: this.#entryCount,
      labelStart: this.#labelStart.subarray(0, this.#entryCount + 1),
      labelBytes: this.#labelBytes.subarray(0, this.#labelStart[this.#entryCount]!),
      fingerprints: this.#fingerprints.subarray(0, 2 * this.#entryCount),
      placements: this.#placements.subarray(0, 2 * this.#entryCount),
      sampleCount,
      knownCount: 0,
      series: this.#series.subarray(0, sampleCount),
      timestamps: this.#timestamps.subarray(0, sampleCount),
      values: this.#values.subarray(0, sampleCount),
    };
  }

  clear(): void {
    this.#sampleCount = 0;
    this.#entryCount = 0;
  }

  #reserve(count: number): void {
    if (count <= this.#series.length) return;
    const capacity = Math.max(count, 2 * this.#series.length);
    this.#series = grown(this.#series, capacity);
    const timestamps = new Float64Array(capacity);
    timestamps.set(this.#timestamps);
    this.#timestamps = timestamps;
    const values = new Float64Array(capacity);
    values.set(this.#values);
    this.#values = values;
    this.#valueWords = new Uint32Array(values.buffer);
  }

  #growEntries(): void {
    const count = 2 * this.#entryIds.length;
    this.#labelStart = grown(this.#labelStart, count + 1);
    this.#entryIds = grown(this.#entryIds, count);
    this.#fingerprints = grown(this.#fingerprints, 2 * count);
    this.#placements = grown(this.#placements, 2 * count);
  }
}

function grown(column: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(length);
  larger.set(column);
  return larger;
}
