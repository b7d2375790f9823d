/**
 * Applies records of the log to the head. Nothing is judged: the log holds what its primary wrote,
 * in its order, so the same records give the same head. No budget stops a replay, because what was
 * accepted once must open again.
 */
import { EngineError } from "#base/engine-error.ts";
import { isHistogramTagOf } from "#chunk/histogram/histogram-tag.ts";
import { wordsOf } from "#model/staleness.ts";
import { CORRUPTION } from "#storage/storage-errors.ts";
import { decodeHistograms } from "../wal/histogram-payload.ts";
import { decodeSamples } from "../wal/sample-payload.ts";
import { SeriesPayloadReader } from "../wal/series-payload-reader.ts";
import { placeBatchColumns } from "./batch-columns.ts";
import type { Head } from "./head.ts";
import { collectJournal, startJournal } from "./head-journal.ts";
import { countSamples, reserveSeries, samplesRoom } from "./head-append.ts";
import { copyEntries, restoreEntries, type LabelEntries } from "./resolve-entries.ts";

/**
 * Creates the series of a RECORD_SERIES payload under the refs that it gives; series that are there
 * already, from the series log, stay.
 */
export function replaySeries(head: Head, payload: Uint8Array, count: number): void {
  const refs = new Uint32Array(count);
  const entries = readEntries(payload, count, refs);
  const { memory } = head;
  const labelBytes = entries.labelBytes.length;
  const endRef = refs.reduce((end, ref) => Math.max(end, ref + 1), head.nextRef);
  const scratchBytes = placeBatchColumns(0, 0, count, labelBytes).end;
  memory.reserve(memory.scratchRoom(scratchBytes));
  const columns = placeBatchColumns(memory.scratch(scratchBytes), 0, count, labelBytes);
  copyEntries(head, entries, columns);
  reserveSeries(head, entries, columns, memory.kernel.mapRoom(count, endRef) >>> 0);
  memory.u32.set(refs, columns.entryRefs / 4);
  const seriesBefore = head.seriesCount;
  const contradiction = restoreEntries(head, entries, columns);
  head.quota?.note(entries.tenant, head.seriesCount - seriesBefore);
  if (contradiction >= 0) {
    const ref = refs[contradiction]!;
    throw new EngineError(
      CORRUPTION,
      `cannot replay series: ref ${ref} and its labels belong to different series`,
    );
  }
}

/** The series of the payload as label entries; `refs` gets what the log calls them. */
function readEntries(payload: Uint8Array, count: number, refs: Uint32Array): LabelEntries {
  const reader = new SeriesPayloadReader(payload, count);
  const labelStart = new Uint32Array(count + 1);
  const labelBytes = new Uint8Array(payload.length);
  const fingerprints = new Uint32Array(2 * count);
  const placements = new Uint32Array(2 * count);
  let end = 0;
  for (let i = 0; reader.next(); i++) {
    refs[i] = reader.ref;
    fingerprints[2 * i] = reader.fingerprintLow;
    fingerprints[2 * i + 1] = reader.fingerprintHigh;
    placements[2 * i] = reader.placementLow;
    placements[2 * i + 1] = reader.placementHigh;
    labelBytes.set(payload.subarray(reader.labelStart, reader.labelEnd), end);
    end += reader.labelEnd - reader.labelStart;
    labelStart[i + 1] = end;
  }
  return {
    tenant: reader.tenant,
    labelCount: count,
    labelStart,
    labelBytes: labelBytes.subarray(0, end),
    fingerprints,
    placements,
  };
}

/** Stores the samples of a RECORD_HISTOGRAMS payload, and the items of the histograms among them. */
export function replayHistograms(head: Head, payload: Uint8Array, count: number): void {
  const { samples, histograms } = decodeHistograms(payload);
  const refs = new Uint32Array(count);
  const timestamps = new Float64Array(count);
  const values = new Float64Array(count);
  decodeSamples(samples, count, { refs, timestamps, values });
  const words = wordsOf(values);
  const { sampleIndex, start, bytes } = histograms;
  for (let i = 0; i < sampleIndex.length; i++) {
    const row = sampleIndex[i]!;
    if (row < count && isHistogramTagOf(words, row, bytes, start[i]!, start[i + 1]!)) continue;
    throw new EngineError(
      CORRUPTION,
      `cannot replay histograms: the value of sample ${row} of ${count} is not that of its item`,
    );
  }
  replaySamples(head, samples, count);
  head.histograms.add(head.generations.current, { refs, timestamps, values }, histograms);
}

/** Stores the samples of a RECORD_SAMPLES payload. */
export function replaySamples(head: Head, payload: Uint8Array, count: number): void {
  const { memory } = head;
  const scratchBytes = placeBatchColumns(0, count, 0, 0).end;
  memory.reserve(memory.scratchRoom(scratchBytes) + samplesRoom(head, count));
  const columns = placeBatchColumns(memory.scratch(scratchBytes), count, 0, 0);
  const { u32, f64, kernel } = memory;
  const { series, timestamps, values } = columns;
  decodeSamples(payload, count, {
    refs: u32.subarray(series / 4, series / 4 + count),
    timestamps: f64.subarray(timestamps / 8, timestamps / 8 + count),
    values: f64.subarray(values / 8, values / 8 + count),
  });
  startJournal(head, columns.journal);
  const unknown = kernel.replay(count, series, timestamps, values);
  if (unknown >= 0) {
    const ref = u32[series / 4 + unknown];
    throw new EngineError(CORRUPTION, `cannot replay samples: no series has the ref ${ref}`);
  }
  countSamples(head, count);
  collectJournal(head, columns.journal);
}
