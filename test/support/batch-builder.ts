/**
 * Builds append batches from rows, for tests that feed a shard store. Values are given as bits, so
 * no NaN payload is lost on the way; hashes come from a fixed seed, so a batch is the same each run.
 */
import { encodeLabels } from "#model/canonical-labels.ts";
import { labelsKey, type Labels } from "#model/labels.ts";
import { SeriesHasher } from "#model/placement.ts";
import { shardId, type TenantId } from "#model/refs.ts";
import { writeHistogramTagAt } from "#chunk/histogram/histogram-tag.ts";
import type { AppendBatch } from "#storage/append-batch.ts";
import type { HistogramColumn } from "#storage/histogram-column.ts";
import { HistogramColumnBuilder } from "#storage/histogram-column-builder.ts";

export interface BatchRow {
  /** A ref the sender knows, or labels. */
  readonly series: number | Labels;
  readonly timestampMs: number;
  readonly bits: bigint;
  /** Of a native histogram, whose tag `bits` are. */
  readonly item?: Uint8Array;
}

const hasher = new SeriesHasher({ seed: [1, 2], lanes: 4 });

/** Rows with refs must come first. `entries` are label sets to announce besides those of the rows. */
export function buildBatch(
  tenant: TenantId,
  generation: number,
  rows: readonly BatchRow[],
  entries: readonly Labels[] = [],
): AppendBatch {
  const sets = [...entries];
  const entryOf = new Map(entries.map((labels, i) => [labelsKey(labels), i]));
  const series = rows.map((row) => {
    if (typeof row.series === "number") return row.series;
    const key = labelsKey(row.series);
    if (!entryOf.has(key)) entryOf.set(key, sets.push(row.series) - 1);
    return entryOf.get(key)!;
  });
  const bytes = sets.map((labels) => encodeLabels(labels));
  const labelStart = new Uint32Array(sets.length + 1);
  bytes.forEach((one, i) => (labelStart[i + 1] = labelStart[i]! + one.length));
  const labelBytes = new Uint8Array(labelStart.at(-1)!);
  const fingerprints = new Uint32Array(2 * sets.length);
  const placements = new Uint32Array(2 * sets.length);
  bytes.forEach((one, i) => {
    labelBytes.set(one, labelStart[i]);
    hasher.hash(tenant, one, 0, one.length, fingerprints, placements, 2 * i);
  });
  return {
    tenant,
    shard: shardId(0),
    generation,
    isHistory: false,
    labelCount: sets.length,
    labelStart,
    labelBytes,
    fingerprints,
    placements,
    sampleCount: rows.length,
    knownCount: rows.filter((row) => typeof row.series === "number").length,
    series: Uint32Array.from(series),
    timestamps: Float64Array.from(rows, (row) => row.timestampMs),
    values: new Float64Array(BigUint64Array.from(rows, (row) => row.bits).buffer),
    histograms: histogramsOf(rows),
    exemplars: null,
    metadata: null,
  };
}

function histogramsOf(rows: readonly BatchRow[]): HistogramColumn | null {
  const column = new HistogramColumnBuilder();
  for (const [row, { item }] of rows.entries()) {
    if (item !== undefined) column.add(row, item, 0, item.length);
  }
  return column.take();
}

/** A row of a histogram: its value is its tag. */
export function histogramRow(
  series: number | Labels,
  timestampMs: number,
  item: Uint8Array,
): BatchRow {
  const words = new Uint32Array(2);
  writeHistogramTagAt(words, 0, item);
  return { series, timestampMs, bits: new BigUint64Array(words.buffer)[0]!, item };
}

/** The bits of an ordinary number. */
export function bitsOf(value: number): bigint {
  return new BigUint64Array(Float64Array.of(value).buffer)[0]!;
}
