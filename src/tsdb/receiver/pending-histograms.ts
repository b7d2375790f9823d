/**
 * What one slice of histograms holds for one shard: those of series with a known ref, then those of
 * label entries, as batches have them.
 */
import type { ShardId } from "#model/refs.ts";
import type { HistogramColumn } from "#storage/histogram-column.ts";
import { HistogramColumnBuilder } from "#storage/histogram-column-builder.ts";
import { NO_COLUMNS, ShardPart, type PartColumns } from "./shard-part.ts";

export interface HistogramBatch {
  readonly shard: ShardId;
  readonly columns: PartColumns;
  /** Null when all are stale markers. */
  readonly histograms: HistogramColumn | null;
  /** Identities of the label entries; some may be unknown. */
  readonly entryIds: Uint32Array;
}

export class PendingHistograms {
  readonly #part: ShardPart;
  /** Label entries by row of the body. */
  readonly #entries = new Map<number, number>();
  readonly #refs: number[] = [];
  readonly #timestamps: number[] = [];
  /** Values, low then high. */
  readonly #words: number[] = [];
  readonly #knownItems: (Uint8Array | null)[] = [];
  readonly #labelledItems: (Uint8Array | null)[] = [];

  constructor(shard: ShardId) {
    this.#part = new ShardPart(shard);
  }

  /** The entry of the row, or -1. */
  entryOf(row: number): number {
    return this.#entries.get(row) ?? -1;
  }

  /** As `ShardPart.addEntry`. */
  addEntry(
    row: number,
    id: number,
    canonical: Uint8Array,
    fingerprint: Uint32Array,
    placement: Uint32Array,
  ): number {
    const entry = this.#part.addEntry(id, canonical, fingerprint, placement);
    this.#entries.set(row, entry);
    return entry;
  }

  /** `value`: low and high word. Without an item it is a stale marker. */
  addKnown(ref: number, timestampMs: number, value: Uint32Array, item: Uint8Array | null): void {
    this.#refs.push(ref);
    this.#timestamps.push(timestampMs);
    this.#words.push(value[0]!, value[1]!);
    this.#knownItems.push(item);
  }

  addLabelled(
    entry: number,
    timestampMs: number,
    value: Uint32Array,
    item: Uint8Array | null,
  ): void {
    this.#part.add(entry, timestampMs, value, 0);
    this.#labelledItems.push(item);
  }

  /** Once, at the end. */
  batch(): HistogramBatch {
    const part = this.#part;
    const histograms = new HistogramColumnBuilder();
    for (const [row, item] of [...this.#knownItems, ...this.#labelledItems].entries()) {
      if (item !== null) histograms.add(row, item, 0, item.length);
    }
    const columns = part.sampleCount > 0 ? part.columns() : NO_COLUMNS;
    return {
      shard: part.shard,
      columns: this.#refs.length === 0 ? columns : this.#withKnown(columns),
      histograms: histograms.take(),
      entryIds: part.entryIds(),
    };
  }

  /** The columns behind those of known series. */
  #withKnown(columns: PartColumns): PartColumns {
    const knownCount = this.#refs.length;
    const sampleCount = knownCount + columns.sampleCount;
    const series = new Uint32Array(sampleCount);
    const timestamps = new Float64Array(sampleCount);
    const values = new Float64Array(sampleCount);
    series.set(this.#refs);
    timestamps.set(this.#timestamps);
    new Uint32Array(values.buffer).set(this.#words);
    series.set(columns.series, knownCount);
    timestamps.set(columns.timestamps, knownCount);
    values.set(columns.values, knownCount);
    return { ...columns, sampleCount, knownCount, series, timestamps, values };
  }
}
