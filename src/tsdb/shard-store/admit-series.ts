/**
 * Keeps a tenant inside its number of series: of a batch that names more new ones than there is room
 * for, the last are left out with their samples before anything reaches the index. Runs only for
 * batches with labels of tenants that have a limit, so steady senders never pay for it.
 */
import { NO_SERIES_REF } from "#model/refs.ts";
import type { AppendBatch } from "#storage/append-batch.ts";
import type { AppendOutcome } from "#storage/shard-store.ts";
import { VERDICT_SERIES_LIMIT, VERDICT_WRITTEN } from "#storage/verdict.ts";
import type { Head } from "../head/head.ts";
import { unknownEntries } from "../head/head-append.ts";
import { keptHistograms } from "./kept-histograms.ts";

export interface AdmittedBatch {
  /** What may be appended; may be without samples. */
  readonly batch: AppendBatch;
  /** Places taken in the quota: what is not used of them must go back. */
  readonly placesTaken: number;
  /** By entry of the batch as it came: 1 = left out. Null when nothing was. */
  readonly refused: Uint8Array | null;
}

export function admitSeries(head: Head, batch: AppendBatch): AdmittedBatch {
  const quota = head.quota;
  const { tenant, labelCount } = batch;
  if (quota === null || labelCount === 0 || quota.limitOf(tenant) === Infinity) {
    return { batch, placesTaken: 0, refused: null };
  }
  const unknown = unknownEntries(head, batch);
  if (unknown.length === 0) return { batch, placesTaken: 0, refused: null };
  const placesTaken = quota.take(tenant, unknown.length);
  if (placesTaken === unknown.length) return { batch, placesTaken, refused: null };
  const refused = new Uint8Array(labelCount);
  for (const entry of unknown.subarray(placesTaken)) refused[entry] = 1;
  return { batch: without(batch, refused), placesTaken, refused };
}

/** The outcome of the admitted batch, as one of the batch that came. */
export function outcomeWithRefused(
  outcome: AppendOutcome,
  batch: AppendBatch,
  refused: Uint8Array,
  seriesLimit: number,
): AppendOutcome {
  const refs = new Uint32Array(batch.labelCount).fill(NO_SERIES_REF);
  let kept = 0;
  for (let entry = 0; entry < batch.labelCount; entry++) {
    if (refused[entry] === 0) refs[entry] = outcome.refs[kept++]!;
  }
  const verdicts = new Uint8Array(batch.sampleCount).fill(VERDICT_SERIES_LIMIT);
  kept = 0;
  for (let i = 0; i < batch.sampleCount; i++) {
    if (isRefused(batch, refused, i)) continue;
    verdicts[i] = outcome.verdicts === null ? VERDICT_WRITTEN : outcome.verdicts[kept]!;
    kept++;
  }
  return { ...outcome, refs, verdicts, seriesLimit };
}

/** Entries and samples move up. */
function without(batch: AppendBatch, refused: Uint8Array): AppendBatch {
  const { labelCount, labelStart, sampleCount } = batch;
  const entries = Uint32Array.from({ length: labelCount }, (_, entry) => entry).filter(
    (entry) => refused[entry] === 0,
  );
  const moved = new Uint32Array(labelCount);
  const starts = new Uint32Array(entries.length + 1);
  const parts = entries.reduce<Uint8Array[]>((list, entry, at) => {
    moved[entry] = at;
    const bytes = batch.labelBytes.subarray(labelStart[entry], labelStart[entry + 1]);
    starts[at + 1] = starts[at]! + bytes.length;
    list.push(bytes);
    return list;
  }, []);
  const rows = Uint32Array.from({ length: sampleCount }, (_, i) => i).filter(
    (i) => !isRefused(batch, refused, i),
  );
  const { knownCount, series, timestamps, values } = batch;
  const bits = new BigUint64Array(values.slice(0, sampleCount).buffer);
  return {
    ...batch,
    labelCount: entries.length,
    labelStart: starts,
    labelBytes: new Uint8Array(Buffer.concat(parts)),
    fingerprints: pairsOf(batch.fingerprints, entries),
    placements: pairsOf(batch.placements, entries),
    sampleCount: rows.length,
    series: rows.map((i) => (i < knownCount ? series[i]! : moved[series[i]!]!)),
    timestamps: Float64Array.from(rows, (i) => timestamps[i]!),
    values: new Float64Array(BigUint64Array.from(rows, (i) => bits[i]!).buffer),
    histograms:
      batch.histograms && keptHistograms(batch.histograms, (i) => !isRefused(batch, refused, i)),
    exemplars: null,
    metadata: null,
  };
}

function isRefused({ knownCount, series }: AppendBatch, refused: Uint8Array, i: number): boolean {
  return i >= knownCount && refused[series[i]!] === 1;
}

function pairsOf(words: Uint32Array, entries: Uint32Array): Uint32Array {
  const kept = new Uint32Array(2 * entries.length);
  for (const [at, entry] of entries.entries()) {
    kept[2 * at] = words[2 * entry]!;
    kept[2 * at + 1] = words[2 * entry + 1]!;
  }
  return kept;
}
