/** Append batches for tests, built from plain values. */
import { encodeLabels } from "#model/canonical-labels.ts";
import { labelsOf } from "#model/labels.ts";
import { shardId, tenantId } from "#model/refs.ts";
import type { AppendBatch } from "#storage/append-batch.ts";
import type { AppendSlice } from "#storage/append-slice.ts";

export interface PlainBatch {
  readonly shard?: number;
  readonly generation?: number;
  readonly isHistory?: boolean;
  /** Samples of series that are known by ref. */
  readonly known?: readonly (readonly [ref: number, timestampMs: number, value: number])[];
  /** Label sets, each with its samples. */
  readonly fresh?: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly samples: readonly (readonly [timestampMs: number, value: number])[];
  }[];
}

export function appendBatchOf(plain: PlainBatch): AppendBatch {
  const { known = [], fresh = [] } = plain;
  const entries = fresh.map(({ labels }) => encodeLabels(labelsOf(Object.entries(labels))));
  const labelStart = new Uint32Array(entries.length + 1);
  for (const [i, entry] of entries.entries()) labelStart[i + 1] = labelStart[i]! + entry.length;
  const unknown = fresh.flatMap(({ samples }, entry) =>
    samples.map(([timestampMs, value]) => [entry, timestampMs, value] as const),
  );
  const samples = [...known, ...unknown];
  const hashes = Uint32Array.from(entries.flatMap((entry) => [checksum(entry), entry.length]));
  return {
    tenant: tenantId(0),
    shard: shardId(plain.shard ?? 0),
    generation: plain.generation ?? 1,
    isHistory: plain.isHistory ?? false,
    labelCount: entries.length,
    labelStart,
    labelBytes: new Uint8Array(Buffer.concat(entries)),
    fingerprints: hashes,
    placements: hashes.slice(),
    sampleCount: samples.length,
    knownCount: known.length,
    series: Uint32Array.from(samples, ([series]) => series),
    timestamps: Float64Array.from(samples, ([, timestampMs]) => timestampMs),
    values: Float64Array.from(samples, ([, , value]) => value),
    histograms: null,
    exemplars: null,
    metadata: null,
  };
}

/** A slice of batches that are not packed. */
export function sliceOf(...batches: readonly AppendBatch[]): AppendSlice {
  const { tenant, isHistory } = batches[0]!;
  return { tenant, isHistory, packed: new Uint8Array(0), batches };
}

function checksum(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => (Math.imul(sum, 31) + byte) >>> 0, 7);
}
