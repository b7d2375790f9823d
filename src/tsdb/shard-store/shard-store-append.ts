/**
 * The append verb: judge and store a batch, draft the records. Exemplars and metadata come apart:
 * see `shard-store-append-items.ts`.
 */
import { must } from "#base/assert.ts";
import type { AppendBatch } from "#storage/append-batch.ts";
import type { HistogramColumn } from "#storage/histogram-column.ts";
import type { LogRecordDraft } from "#storage/log-record.ts";
import type { AppendContext, AppendOutcome } from "#storage/shard-store.ts";
import { VERDICT_REF_UNKNOWN, VERDICT_WRITTEN } from "#storage/verdict.ts";
import type { Head } from "../head/head.ts";
import { appendToHead, type HeadAppendResult } from "../head/head-append.ts";
import { admitSeries, outcomeWithRefused } from "./admit-series.ts";
import { keptHistograms } from "./kept-histograms.ts";
import type { ShardParts } from "./shard-parts.ts";
import { STAGING_SAMPLES_LOW } from "./shard-store-options.ts";

/** Clocks of senders are seldom off by more; samples later than this would hide real ones. */
export const FUTURE_MS_MAX = 600_000;

export function appendBatch(
  parts: ShardParts,
  batch: AppendBatch,
  context: AppendContext,
): AppendOutcome {
  const { head } = parts;
  if (batch.labelCount === 0) return appendAdmitted(parts, batch, context);
  const { batch: admitted, placesTaken, refused } = admitSeries(head, batch);
  const before = head.nextRef;
  try {
    const outcome = appendAdmitted(parts, admitted, context);
    if (refused === null) return outcome;
    const limit = must(head.quota, "quota that refused series").limitOf(batch.tenant);
    return outcomeWithRefused(outcome, batch, refused, limit);
  } finally {
    // Entries may name a series twice, and a batch may be refused whole after all.
    const unused = placesTaken - (head.nextRef - before);
    if (placesTaken > 0) head.quota?.note(batch.tenant, -unused);
  }
}

function appendAdmitted(
  parts: ShardParts,
  batch: AppendBatch,
  context: AppendContext,
): AppendOutcome {
  const { head, drafter, refGenerations } = parts;
  const isKnownValid = refGenerations.isOwn(batch.generation);
  const refusesNewSeries = context.refusesNewSeries === true;
  head.stagingSamples = refusesNewSeries ? STAGING_SAMPLES_LOW : parts.stagingSamples;
  const appended = appendToHead(head, batch, {
    outOfOrderWindowMs: batch.isHistory ? Number.POSITIVE_INFINITY : parts.outOfOrderWindowMs,
    newestAllowedMs: context.trustedNowMs + FUTURE_MS_MAX,
    isKnownValid,
    refusesNewSeries,
  });
  const { firstNewRef, written } = appended;
  const isComplete = written === batch.sampleCount;
  // Copied when there is something to explain: describing a series takes the head's scratch space.
  const result = isComplete ? appended : copyOf(appended);
  if (!isComplete && isKnownValid && usesDroppedRefs(head, batch, result.verdicts)) {
    refGenerations.advance();
  }
  const records: LogRecordDraft[] = [];
  if (batch.labelCount > 0 && head.nextRef > firstNewRef) {
    records.push(drafter.draftNewSeries(batch, result.entryRefs, firstNewRef));
  }
  const histograms = batch.histograms === null ? null : storeHistograms(head, batch, result);
  if (histograms !== null) records.push(drafter.draftHistograms(result, histograms));
  else if (written > 0) records.push(drafter.draftSamples(result));
  parts.appliedSeq += records.length;
  head.generations.noteRecords(parts.appliedSeq - records.length + 1, records.length);
  return {
    refs: result.entryRefs,
    verdicts: isComplete ? null : result.verdicts,
    writtenCount: written,
    records,
  };
}

/** Keeps the items of the samples just written; which of those are histograms, or null. */
function storeHistograms(
  head: Head,
  batch: AppendBatch,
  { verdicts, rows }: HeadAppendResult,
): HistogramColumn | null {
  const column = must(batch.histograms, "histograms of the batch");
  const written = keptHistograms(column, (i) => verdicts[i] === VERDICT_WRITTEN);
  if (written === null) return null;
  head.histograms.add(head.generations.current, must(rows, "rows of the histograms"), written);
  return written;
}

/** The rows stay views: histograms are stored before anything is explained. */
function copyOf(result: HeadAppendResult): HeadAppendResult {
  const { firstNewRef, written, rows } = result;
  return {
    firstNewRef,
    entryRefs: result.entryRefs.slice(),
    verdicts: result.verdicts.slice(),
    written,
    payload: result.payload.slice(),
    rows,
  };
}

/** Refs of this life that name nothing any more: the receiver has to forget what it knows. */
function usesDroppedRefs(head: Head, batch: AppendBatch, verdicts: Uint8Array): boolean {
  for (let i = 0; i < batch.knownCount; i++) {
    const ref = batch.series[i]!;
    if (verdicts[i] === VERDICT_REF_UNKNOWN && ref < head.nextRef && !head.isLive(ref)) return true;
  }
  return false;
}
