/**
 * The series of a block in memory, as views of its section: number to placement, fingerprint and
 * labels. Labels are put together from the block's label texts when they are asked for.
 */
import { ByteReader } from "#base/bytes/byte-reader.ts";
import type { TenantId } from "#model/refs.ts";
import { blockDamage } from "./block-errors.ts";
import type { BlockLabels } from "./block-labels.ts";
import type { SeriesIdentity } from "./block-series.ts";
import { SectionReader } from "./section-columns.ts";

/** Most label sets are shorter; longer ones make it grow. */
const INITIAL_LABEL_BYTES = 1024;

export class BlockSeriesTable {
  readonly seriesCount: number;
  /** Low and high word per series. */
  readonly fingerprints: Uint32Array;
  readonly #path: string;
  readonly #labels: BlockLabels;
  readonly #placementStart: Uint32Array;
  readonly #placements: Uint32Array;
  readonly #pairStart: Uint32Array;
  readonly #pairs: Uint8Array;
  #buffer: Uint8Array<ArrayBuffer> = new Uint8Array(INITIAL_LABEL_BYTES);

  constructor(path: string, labels: BlockLabels, section: Uint8Array<ArrayBuffer>) {
    this.#path = path;
    this.#labels = labels;
    const reader = new SectionReader(path, section);
    const [seriesCount, placementCount, pairBytes] = reader.u32(4);
    this.seriesCount = seriesCount!;
    this.#placementStart = reader.u32(placementCount!);
    this.#placements = reader.u32(2 * placementCount!);
    this.fingerprints = reader.u32(2 * seriesCount!);
    this.#pairStart = reader.u32(seriesCount! + 1);
    this.#pairs = reader.bytes(pairBytes!);
  }

  /** Number of the placement of a series. */
  placementOf(series: number): number {
    let low = 0;
    let high = this.#placementStart.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#placementStart[middle]! <= series) low = middle;
      else high = middle;
    }
    return low;
  }

  placementHigh(series: number): number {
    return this.#placements[2 * this.placementOf(series) + 1]!;
  }

  /** First series whose placement's upper word is at least `placementHigh`. */
  firstFrom(placementHigh: number): number {
    let low = 0;
    let high = this.#placementStart.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#placements[2 * middle + 1]! < placementHigh) low = middle + 1;
      else high = middle;
    }
    return low === this.#placementStart.length ? this.seriesCount : this.#placementStart[low]!;
  }

  /** Owned by the caller. */
  identity(series: number): SeriesIdentity {
    const placement = this.placementOf(series);
    const reader = this.#pairsOf(series);
    const all = reader.varint();
    return {
      tenant: this.#labels.tenantOfPair(all),
      placementLow: this.#placements[2 * placement]!,
      placementHigh: this.#placements[2 * placement + 1]!,
      fingerprintLow: this.fingerprints[2 * series]!,
      fingerprintHigh: this.fingerprints[2 * series + 1]!,
      labels: this.#canonical(series, reader, all),
    };
  }

  tenantOf(series: number): TenantId {
    return this.#labels.tenantOfPair(this.#pairsOf(series).varint());
  }

  /** Canonical label bytes, owned by the caller. */
  labelBytes(series: number): Uint8Array {
    const reader = this.#pairsOf(series);
    return this.#canonical(series, reader, reader.varint());
  }

  #canonical(series: number, reader: ByteReader, all: number): Uint8Array {
    let pair = all;
    let length = 0;
    while (reader.remaining > 0) {
      pair += reader.varint() + 1;
      if (pair >= this.#labels.pairCount) reader.fail(`pair ${pair}`);
      if (!reader.ok) break;
      length = this.#append(length, this.#labels.nameBytes(this.#labels.nameOfPair(pair)));
      length = this.#append(length, this.#labels.valueBytes(pair));
    }
    if (!reader.ok) throw blockDamage(this.#path, `labels of series ${series}: ${reader.failure}`);
    return this.#buffer.slice(0, length);
  }

  #append(length: number, text: Uint8Array): number {
    const end = length + text.length;
    if (end > this.#buffer.length) {
      const grown = new Uint8Array(2 * end);
      grown.set(this.#buffer);
      this.#buffer = grown;
    }
    this.#buffer.set(text, length);
    return end;
  }

  #pairsOf(series: number): ByteReader {
    const start = this.#pairStart[series]!;
    const end = this.#pairStart[series + 1]!;
    if (!(start <= end && end <= this.#pairs.length)) {
      throw blockDamage(this.#path, `labels of series ${series} got ${start} to ${end}`);
    }
    return new ByteReader(this.#pairs, start, end);
  }
}
