/**
 * Appends a batch to the head: finds or creates the series of its label entries, then judges and
 * stores its samples, all in one kernel call each. Everything that can fail is reserved before the
 * first change, so a batch is refused whole or judged sample by sample.
 */
import { assert } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import type { AppendBatch } from "#storage/append-batch.ts";
import { OVERLOADED } from "#storage/storage-errors.ts";
import { placeBatchColumns, type BatchColumns } from "./batch-columns.ts";
import type { Head } from "./head.ts";
import type { StoredRows } from "./head-histograms.ts";
import { collectJournal, startJournal } from "./head-journal.ts";
import { copyEntries, resolveEntries, type LabelEntries } from "./resolve-entries.ts";

/** Bounds the room that one batch reserves for the worst case (some 1.5 KiB each). */
export const APPEND_SAMPLES_MAX = 65_536;
/** What a usual sample and a new series with its labels add to the memory in use. */
const SAMPLE_BYTES_EXPECTED = 16;
const SERIES_BYTES_EXPECTED = 512;

/** With 32 bytes per entry the new series of a batch fit one log record (16 MiB). */
export const APPEND_ENTRIES_MAX = 65_536;
export const APPEND_LABEL_BYTES_MAX: number = 8 * 1024 * 1024;

/** Above every ref. */
const REFS_END = 2 ** 32;

export interface AppendLimits {
  readonly outOfOrderWindowMs: number;
  /** Later samples are too far ahead. */
  readonly newestAllowedMs: number;
  /** False when the known refs are of another life of the store. */
  readonly isKnownValid: boolean;
  /** True: a batch with series that nobody has is refused whole. */
  readonly refusesNewSeries: boolean;
}

/** Views of the head's memory: valid until its next call. */
export interface HeadAppendResult {
  /** Series at and above this ref are new. */
  readonly firstNewRef: number;
  /** Refs of the label entries. */
  readonly entryRefs: Uint32Array;
  /** Empty when every sample was stored, unless there are histograms. */
  readonly verdicts: Uint8Array;
  readonly written: number;
  /** Of the samples record: what was stored; empty when nothing was. */
  readonly payload: Uint8Array;
  /** What was stored, when there are histograms. */
  readonly rows: StoredRows | null;
}

const NO_REFS = new Uint32Array(0);
const NO_BYTES = new Uint8Array(0);

export function appendToHead(
  head: Head,
  batch: AppendBatch,
  limits: AppendLimits,
): HeadAppendResult {
  checkBatch(batch);
  const columns = placeBatch(head, batch);
  copyEntries(head, batch, columns);
  if (limits.refusesNewSeries) refuseNewSeries(head, batch, columns);
  reserveSeries(head, batch, columns, samplesRoom(head, batch.sampleCount));
  copySamples(head, batch, columns);
  const firstNewRef = batch.labelCount > 0 ? head.nextRef : REFS_END;
  resolveEntries(head, batch, columns);
  const { kernel } = head.memory;
  startJournal(head, columns.journal);
  const written = kernel.append(
    batch.tenant,
    batch.sampleCount,
    batch.knownCount,
    limits.isKnownValid ? 1 : 0,
    columns.series,
    batch.labelCount,
    columns.entryRefs,
    columns.timestamps,
    columns.values,
    columns.verdicts,
    limits.outOfOrderWindowMs,
    limits.newestAllowedMs,
  );
  countSamples(head, written);
  collectJournal(head, columns.journal);
  return resultOf(head, batch, columns, firstNewRef, written);
}

/** Samples were stored in the current generation. */
export function countSamples(head: Head, count: number): void {
  head.sampleCount += count;
  head.generations.sampleCount += count;
}

function checkBatch(batch: AppendBatch): void {
  const { sampleCount, knownCount, labelCount } = batch;
  assert(
    sampleCount <= APPEND_SAMPLES_MAX,
    () => `append: got ${sampleCount} samples, want at most ${APPEND_SAMPLES_MAX}`,
  );
  assert(
    labelCount <= APPEND_ENTRIES_MAX,
    () => `append: got ${labelCount} label entries, want at most ${APPEND_ENTRIES_MAX}`,
  );
  assert(knownCount <= sampleCount, () => `append: ${knownCount} of ${sampleCount} samples known`);
  checkSamples(batch);
  assert(
    batch.labelStart.length > labelCount &&
      batch.fingerprints.length >= 2 * labelCount &&
      batch.placements.length >= 2 * labelCount,
    "append: label columns shorter than the batch",
  );
}

function checkSamples(batch: AppendBatch): void {
  const { sampleCount, packed } = batch;
  if (packed !== undefined) {
    assert(
      packed.length === 20 * sampleCount && batch.knownCount === sampleCount,
      () => `append: ${packed.length} packed bytes for ${sampleCount} samples`,
    );
    return;
  }
  assert(
    batch.series.length >= sampleCount &&
      batch.timestamps.length >= sampleCount &&
      batch.values.length >= sampleCount,
    "append: columns shorter than the batch",
  );
}

/** Errors: `storage.overloaded` when the budget or the machine has no room; nothing changed. */
function placeBatch(head: Head, batch: AppendBatch): BatchColumns {
  const { sampleCount, labelCount } = batch;
  const { memory } = head;
  const labelBytes = labelBytesOf(batch);
  if (labelCount > 0 && memory.kernel.refsFit(labelCount) === 0) {
    throw new EngineError(OVERLOADED, "cannot add series: a shard has no more references");
  }
  memory.checkBudget(
    SAMPLE_BYTES_EXPECTED * sampleCount +
      SERIES_BYTES_EXPECTED * labelCount +
      labelBytes +
      (batch.histograms?.bytes.length ?? 0),
  );
  const scratchBytes = placeBatchColumns(0, sampleCount, labelCount, labelBytes).end;
  const scratchRoom = memory.scratchRoom(scratchBytes);
  if (scratchRoom > 0) memory.reserve(scratchRoom);
  return placeBatchColumns(memory.scratch(scratchBytes), sampleCount, labelCount, labelBytes);
}

/** The most that `count` samples may take. */
export function samplesRoom(head: Head, count: number): number {
  return head.memory.kernel.samplesRoom(count, head.generations.inMemory) >>> 0;
}

/**
 * Reserves what the entries that were copied to the columns may take, and `moreBytes`; the memory
 * may grow, addresses stay.
 */
export function reserveSeries(
  head: Head,
  entries: LabelEntries,
  columns: BatchColumns,
  moreBytes: number,
): void {
  const { memory } = head;
  const { kernel } = memory;
  const { labelCount, labelStart } = entries;
  let room = moreBytes;
  if (labelCount > 0) {
    const base = labelStart[0]!;
    const labels = kernel.labelTotal(labelCount, columns.labelStart, columns.labels - base) >>> 0;
    room += kernel.seriesRoom(labelCount, labels, labelStart[labelCount]! - base) >>> 0;
  }
  memory.reserve(room);
}

function refuseNewSeries(head: Head, batch: AppendBatch, columns: BatchColumns): void {
  const unknown = head.memory.kernel.countUnknown(
    batch.tenant,
    batch.labelCount,
    columns.labelStart,
    columns.labels - batch.labelStart[0]!,
    columns.fingerprints,
  );
  if (unknown === 0) return;
  throw new EngineError(
    OVERLOADED,
    `cannot add ${unknown} new series: the memory for recent samples is nearly full`,
  );
}

/** Entries whose series nobody has, ascending. */
export function unknownEntries(head: Head, batch: AppendBatch): Uint32Array {
  checkBatch(batch);
  const columns = placeBatch(head, batch);
  copyEntries(head, batch, columns);
  const { tenant, labelCount } = batch;
  const { kernel } = head.memory;
  const labels = columns.labels - batch.labelStart[0]!;
  const countFrom = (entry: number, count: number): number => {
    const [starts, hashes] = [columns.labelStart + 4 * entry, columns.fingerprints + 8 * entry];
    return kernel.countUnknown(tenant, count, starts, labels, hashes) >>> 0;
  };
  if (countFrom(0, labelCount) === 0) return new Uint32Array(0);
  const all = Uint32Array.from({ length: labelCount }, (_, entry) => entry);
  return all.filter((entry) => countFrom(entry, 1) > 0);
}

function labelBytesOf(entries: LabelEntries): number {
  const { labelCount, labelStart } = entries;
  if (labelCount === 0) return 0;
  const bytes = labelStart[labelCount]! - labelStart[0]!;
  assert(
    bytes >= 0 && labelStart[labelCount]! <= entries.labelBytes.length,
    () => `append: label entries end at ${labelStart[labelCount]} of ${entries.labelBytes.length}`,
  );
  assert(
    bytes <= APPEND_LABEL_BYTES_MAX,
    () => `append: got ${bytes} label bytes, want at most ${APPEND_LABEL_BYTES_MAX}`,
  );
  return bytes;
}

function copySamples(head: Head, batch: AppendBatch, columns: BatchColumns): void {
  const { u8, u32, f64 } = head.memory;
  const { sampleCount, packed } = batch;
  if (packed !== undefined) {
    u8.set(packed, columns.timestamps);
    return;
  }
  f64.set(batch.timestamps.subarray(0, sampleCount), columns.timestamps / 8);
  f64.set(batch.values.subarray(0, sampleCount), columns.values / 8);
  u32.set(batch.series.subarray(0, sampleCount), columns.series / 4);
}

function resultOf(
  head: Head,
  { labelCount, sampleCount, histograms }: AppendBatch,
  columns: BatchColumns,
  firstNewRef: number,
  written: number,
): HeadAppendResult {
  const { kernel, u8, u32, f64 } = head.memory;
  const { timestamps, values, series, entryRefs, verdicts, payload } = columns;
  const isComplete = written === sampleCount && histograms === null;
  const payloadBytes =
    written === 0 ? 0 : kernel.encodeSamples(written, series, timestamps, values, payload);
  return {
    firstNewRef,
    entryRefs: labelCount === 0 ? NO_REFS : u32.subarray(entryRefs / 4, entryRefs / 4 + labelCount),
    verdicts: isComplete ? NO_BYTES : u8.subarray(verdicts, verdicts + sampleCount),
    written,
    payload: written === 0 ? NO_BYTES : u8.subarray(payload, payload + payloadBytes),
    rows:
      histograms === null
        ? null
        : {
            refs: u32.subarray(series / 4, series / 4 + written),
            timestamps: f64.subarray(timestamps / 8, timestamps / 8 + written),
            values: f64.subarray(values / 8, values / 8 + written),
          },
  };
}
