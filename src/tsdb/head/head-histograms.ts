/**
 * The bytes of a head's native histograms, by generation. The kernel keeps a histogram as a sample
 * with a tagged value, so order, duplicates, views and cuts are those of floats; what is asked here
 * is only what the value of a sample stands for. Counted in the budget of the head's memory.
 */
import { hasHistogramTagAt } from "#chunk/histogram/histogram-tag.ts";
import type { HistogramColumn } from "#storage/histogram-column.ts";
import type { HeadMemory } from "./head-memory.ts";
import { HistogramArena, type ItemPlace } from "./histogram-arena.ts";
import type { SampleColumns } from "./sample-columns.ts";

/** Samples just stored: the column's indexes are rows of these. */
export interface StoredRows {
  readonly refs: Uint32Array;
  readonly timestamps: Float64Array;
  readonly values: Float64Array;
}

/** Gathers the series whose rows are looked at; see `SliceBuilder`. */
export interface HistogramSink {
  pushHistogram(row: number, bytes: Uint8Array, start: number, end: number): void;
}

export class HeadHistograms {
  readonly #memory: HeadMemory;
  /** By kernel generation, ascending. */
  readonly #arenas = new Map<number, HistogramArena>();

  constructor(memory: HeadMemory) {
    this.#memory = memory;
  }

  /** The histograms among samples that `generation` took. */
  add(generation: number, rows: StoredRows, column: HistogramColumn): void {
    let arena = this.#arenas.get(generation);
    const before = arena?.byteCount ?? 0;
    if (arena === undefined) {
      arena = new HistogramArena();
      this.#arenas.set(generation, arena);
    }
    const { values } = rows;
    const words = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
    const { sampleIndex, start, bytes } = column;
    for (let i = 0; i < sampleIndex.length; i++) {
      const row = sampleIndex[i]!;
      const [low, high] = [words[2 * row]!, words[2 * row + 1]!];
      arena.add(rows.refs[row]!, rows.timestamps[row]!, low, high, bytes, start[i]!, start[i + 1]!);
    }
    this.#memory.besideBytes += arena.byteCount - before;
  }

  /**
   * Tells `into` which rows from `fromRow` on are histograms. They are samples of one series, which
   * was registered under each of `refs`, in generations after `after` up to `upTo`.
   */
  collect(
    refs: readonly number[],
    columns: SampleColumns,
    fromRow: number,
    window: { readonly after: number; readonly upTo: number },
    into: HistogramSink,
  ): void {
    if (this.#arenas.size === 0) return;
    const { words, timestamps, rows } = columns;
    for (let row = fromRow; row < rows; row++) {
      if (!hasHistogramTagAt(words, row)) continue;
      const [low, high] = [words[2 * row]!, words[2 * row + 1]!];
      const place = this.#find(refs, timestamps[row]!, low, high, window);
      if (place !== null) into.pushHistogram(row, place.bytes, place.start, place.end);
    }
  }

  freeUpTo(generation: number): void {
    for (const [number, { byteCount }] of this.#arenas) {
      if (number > generation) continue;
      this.#memory.besideBytes -= byteCount;
      this.#arenas.delete(number);
    }
  }

  #find(
    refs: readonly number[],
    timestampMs: number,
    low: number,
    high: number,
    window: { readonly after: number; readonly upTo: number },
  ): ItemPlace | null {
    for (const [generation, arena] of this.#arenas) {
      if (generation <= window.after || generation > window.upTo) continue;
      for (const ref of refs) {
        const place = arena.find(ref, timestampMs, low, high);
        if (place !== null) return place;
      }
    }
    return null;
  }
}
