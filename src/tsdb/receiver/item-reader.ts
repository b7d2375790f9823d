/**
 * Reads exemplars, histograms and metadata of the decoded body where the walk has found them. Bytes
 * handed out are copies, except for metadata, whose texts are views until the next body.
 */
import type { Kernels } from "#kernels/kernel-calls.ts";
import {
  RANGE_BYTES,
  RANGE_EXEMPLAR,
  RANGE_HISTOGRAM,
  RANGE_KIND,
  RANGE_LENGTH,
  RANGE_METADATA,
  RANGE_OFFSET,
  RANGE_ROW,
} from "#kernels/layout/walk-layout.ts";
import type { TenantId } from "#model/refs.ts";
import type { CanonicalLabels } from "./body-decoder.ts";
import { foundHistogram, type FoundHistogram } from "./found-histogram.ts";
import { readHistogramFields } from "./histogram-fields.ts";
import { readExemplarFields, readMetadataFields, type TextPlace } from "./item-fields.ts";

export interface FoundExemplar {
  /** Canonical labels of the series and of the exemplar. */
  readonly series: Uint8Array;
  readonly labels: Uint8Array;
  /** Rounded where a number cannot hold it. */
  readonly timestampMs: number;
  readonly value: readonly [low: number, high: number];
}

export interface FoundMetadata {
  readonly type: number;
  readonly name: Uint8Array;
  readonly help: Uint8Array;
  readonly unit: Uint8Array;
}

export interface ItemReaderOptions {
  readonly kernels: Kernels;
  /** Addresses of the ranges and of two words for a hash. */
  readonly ranges: number;
  readonly hash: number;
  /** Random per start, so that nobody can make two texts look the same. */
  readonly seed: readonly [low: number, high: number];
  readonly canonicaliseRow: (row: number) => CanonicalLabels;
  readonly canonicaliseExemplar: (at: number, bytes: number) => CanonicalLabels;
}

const WORD = 2 ** 32;
/** With the low word 53 bits, which a number holds. */
const HIGH_BITS = 0x1f_ffff;

export class ItemReader {
  readonly #options: ItemReaderOptions;

  constructor(options: ItemReaderOptions) {
    this.#options = options;
  }

  isExemplar(index: number): boolean {
    return this.#field(index, RANGE_KIND) === RANGE_EXEMPLAR;
  }

  isMetadata(index: number): boolean {
    return this.#field(index, RANGE_KIND) === RANGE_METADATA;
  }

  isHistogram(index: number): boolean {
    return this.#field(index, RANGE_KIND) === RANGE_HISTOGRAM;
  }

  /** The row of the item's series; of metadata there is none. */
  row(index: number): number {
    return this.#field(index, RANGE_ROW);
  }

  histogram(index: number): FoundHistogram {
    const { at, bytes } = this.#place(index);
    return foundHistogram(readHistogramFields(this.#u8, at, at + bytes));
  }

  /** A text when it cannot be stored: why. */
  exemplar(index: number): FoundExemplar | string {
    const { canonicaliseRow, canonicaliseExemplar } = this.#options;
    const { at, bytes } = this.#place(index);
    const fields = readExemplarFields(this.#u8, at, at + bytes);
    if (fields === null) return "not readable";
    const series = canonicaliseRow(this.row(index));
    if (series.kind === "invalid") return `of a series with invalid labels: ${series.reason}`;
    // Copied before the next labels take its place.
    const seriesBytes = series.bytes.slice();
    const labels = canonicaliseExemplar(fields.labels.at, fields.labels.bytes);
    if (labels.kind === "invalid") return labels.reason;
    const { timestampMs, value } = fields;
    return { series: seriesBytes, labels: labels.bytes.slice(), timestampMs, value };
  }

  /** Null when it is not readable. */
  metadata(index: number): FoundMetadata | null {
    const { calls } = this.#options.kernels;
    const { at, bytes } = this.#place(index);
    const fields = readMetadataFields(this.#u8, at, at + bytes);
    if (fields === null) return null;
    const { name, help, unit } = fields;
    if (![name, help, unit].every((text) => calls.isUtf8(text.at, text.bytes))) return null;
    const textOf = (text: TextPlace): Uint8Array =>
      this.#u8.subarray(text.at, text.at + text.bytes);
    return { type: fields.type, name: textOf(name), help: textOf(help), unit: textOf(unit) };
  }

  /** Of the item's bytes. */
  hash(index: number, tenant: TenantId): number {
    const { kernels, hash, seed } = this.#options;
    const { at, bytes } = this.#place(index);
    kernels.calls.xxh64Into(at, bytes, (seed[0] ^ tenant) >>> 0, seed[1], hash);
    const { u32 } = kernels.memory.views();
    return (u32[hash / 4 + 1]! & HIGH_BITS) * WORD + u32[hash / 4]!;
  }

  get #u8(): Uint8Array {
    return this.#options.kernels.memory.views().u8;
  }

  #place(index: number): TextPlace {
    return { at: this.#field(index, RANGE_OFFSET), bytes: this.#field(index, RANGE_LENGTH) };
  }

  #field(index: number, field: number): number {
    const { u32 } = this.#options.kernels.memory.views();
    return u32[(this.#options.ranges + index * RANGE_BYTES + field) / 4]!;
  }
}
