/**
 * Counters that worker threads keep in shared memory and the main thread renders. A table fixes the
 * names once; each thread owns one row and updates it with plain stores (`row[index.name]! += n`),
 * which costs nothing and needs no atomics: every cell has exactly one writer, and a 64-bit aligned
 * store is never torn on the machines we run on. A restarted worker goes on with its row, so the
 * counters never fall.
 */
import { assert } from "#base/assert.ts";
import type { MetricFamily, MetricSample } from "./metric-snapshot.ts";

/** 64 threads of 512 cells are 256 KiB. */
const CELLS_MAX = 512;
const ROWS_MAX = 64;
/** Rows start on cache lines of their own, or two threads would fight over one line. */
const CELLS_PER_CACHE_LINE = 8;

export interface SharedCounterSpec {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge";
}

export interface SharedCounterTable<K extends string> {
  /** Cell of each counter inside a row. */
  readonly index: Readonly<Record<K, number>>;
  readonly specs: readonly SharedCounterSpec[];
}

export function defineSharedCounters<K extends string>(
  specs: Readonly<Record<K, SharedCounterSpec>>,
): SharedCounterTable<K> {
  const keys = Object.keys(specs) as K[];
  assert(keys.length <= CELLS_MAX, () => `shared counters: got ${keys.length}, want at most 512`);
  const index = Object.fromEntries(keys.map((key, cell) => [key, cell])) as Record<K, number>;
  return { index, specs: keys.map((key) => specs[key]) };
}

export function allocateSharedCounters(
  table: SharedCounterTable<string>,
  rows: number,
): SharedArrayBuffer {
  assert(rows >= 1 && rows <= ROWS_MAX, () => `shared counters: got ${rows} rows, want 1 to 64`);
  return new SharedArrayBuffer(rows * rowBytes(table));
}

/** The row of one thread; only that thread writes it. */
export function sharedCounterRow(
  table: SharedCounterTable<string>,
  buffer: SharedArrayBuffer,
  row: number,
): Float64Array {
  return new Float64Array(buffer, row * rowBytes(table), table.specs.length);
}

/** Families for a registry's collector: one sample per row, told apart by `rowLabel`. */
export function collectSharedCounters(
  table: SharedCounterTable<string>,
  buffer: SharedArrayBuffer,
  rowLabel: string,
  rowNames: readonly string[],
): readonly MetricFamily[] {
  const rows = rowNames.map((_, row) => sharedCounterRow(table, buffer, row));
  return table.specs.map((spec, cell) => {
    const samples = rows.map((row, at): MetricSample => {
      return { suffix: "", labels: [[rowLabel, rowNames[at]!]], value: row[cell]! };
    });
    return { ...spec, samples };
  });
}

function rowBytes(table: SharedCounterTable<string>): number {
  const lines = Math.ceil(table.specs.length / CELLS_PER_CACHE_LINE);
  return lines * CELLS_PER_CACHE_LINE * Float64Array.BYTES_PER_ELEMENT;
}
