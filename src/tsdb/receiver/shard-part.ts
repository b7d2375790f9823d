/**
 * The columns of one shard while a receiver walks a slice of a request. One per shard and receiver,
 * reused from slice to slice; `batch` gives views that are valid until `clear`.
 *
 * Samples of series whose ref is cached go to the first columns, the others to a second set that is
 * put behind them, because a batch lists known samples first.
 */
import { assert } from "#base/assert.ts";
import type { ShardId, TenantId } from "#model/refs.ts";
import type { AppendBatch } from "#storage/append-batch.ts";

const SAMPLES_INITIAL = 64;
const ENTRIES_INITIAL = 16;
const LABEL_BYTES_INITIAL = 4096;

export class ShardPart {
  readonly shard: ShardId;
  readonly #known = new SampleColumns();
  readonly #unknown = new SampleColumns();
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
    return this.#known.count + this.#unknown.count;
  }

  /** True once per slice: the receiver keeps a list of the parts that a slice touches. */
  isUntouched(slice: number): boolean {
    if (this.#slice === slice) return false;
    this.#slice = slice;
    return true;
  }

  /** `words` is the Uint32 view of the value column; NaN bits survive only as words. */
  addKnown(ref: number, timestampMs: number, words: Uint32Array, index: number): void {
    this.#known.add(ref, timestampMs, words, index);
  }

  addUnknown(entry: number, timestampMs: number, words: Uint32Array, index: number): void {
    this.#unknown.add(entry, timestampMs, words, index);
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
      const grown = new Uint8Array(Math.max(end, 2 * this.#labelBytes.length));
      grown.set(this.#labelBytes.subarray(0, start));
      this.#labelBytes = grown;
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

  batch(tenant: TenantId, generation: number): AppendBatch {
    const knownCount = this.#known.count;
    if (this.#unknown.count > 0) this.#known.appendAll(this.#unknown);
    const sampleCount = this.#known.count;
    assert(sampleCount > 0, () => `shard part ${this.shard}: batch without samples`);
    return {
      tenant,
      shard: this.shard,
      generation,
      labelCount: this.#entryCount,
      labelStart: this.#labelStart.subarray(0, this.#entryCount + 1),
      labelBytes: this.#labelBytes.subarray(0, this.#labelStart[this.#entryCount]!),
      fingerprints: this.#fingerprints.subarray(0, 2 * this.#entryCount),
      placements: this.#placements.subarray(0, 2 * this.#entryCount),
      sampleCount,
      knownCount,
      series: this.#known.series.subarray(0, sampleCount),
      timestamps: this.#known.timestamps.subarray(0, sampleCount),
      values: this.#known.values.subarray(0, sampleCount),
      histograms: null,
      exemplars: null,
      metadata: null,
    };
  }

  clear(): void {
    this.#known.count = 0;
    this.#unknown.count = 0;
    this.#entryCount = 0;
  }

  #growEntries(): void {
    const count = 2 * this.#entryIds.length;
    this.#labelStart = grown(this.#labelStart, count + 1);
    this.#entryIds = grown(this.#entryIds, count);
    this.#fingerprints = grown(this.#fingerprints, 2 * count);
    this.#placements = grown(this.#placements, 2 * count);
  }
}

class SampleColumns {
  count = 0;
  series = new Uint32Array(SAMPLES_INITIAL);
  timestamps = new Float64Array(SAMPLES_INITIAL);
  values = new Float64Array(SAMPLES_INITIAL);
  #valueWords = new Uint32Array(this.values.buffer);

  add(series: number, timestampMs: number, words: Uint32Array, index: number): void {
    const at = this.count;
    if (at === this.series.length) this.#reserve(at + 1);
    this.count = at + 1;
    this.series[at] = series;
    this.timestamps[at] = timestampMs;
    this.#valueWords[2 * at] = words[2 * index]!;
    this.#valueWords[2 * at + 1] = words[2 * index + 1]!;
  }

  appendAll(other: SampleColumns): void {
    const at = this.count;
    const count = at + other.count;
    if (count > this.series.length) this.#reserve(count);
    this.series.set(other.series.subarray(0, other.count), at);
    this.timestamps.set(other.timestamps.subarray(0, other.count), at);
    this.values.set(other.values.subarray(0, other.count), at);
    this.count = count;
  }

  #reserve(count: number): void {
    const capacity = Math.max(count, 2 * this.series.length);
    this.series = grown(this.series, capacity);
    const timestamps = new Float64Array(capacity);
    timestamps.set(this.timestamps);
    this.timestamps = timestamps;
    const values = new Float64Array(capacity);
    values.set(this.values);
    this.values = values;
    this.#valueWords = new Uint32Array(values.buffer);
  }
}

function grown(column: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(length);
  larger.set(column);
  return larger;
}
