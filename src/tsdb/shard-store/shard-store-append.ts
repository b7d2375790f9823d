/**
 * The append verb: judge and store a batch, index its new series, draft the records. Label strings
 * are made for new series only. Histograms, exemplars and metadata are not stored by this version;
 * whoever takes them from senders rejects them there.
 */
import type { AppendBatch } from "#storage/append-batch.ts";
import type { LogRecordDraft } from "#storage/log-record.ts";
import type { AppendContext, AppendOutcome } from "#storage/shard-store.ts";
import { appendToHead } from "../head/head-append.ts";
import { indexNewSeries, type ShardParts } from "./shard-parts.ts";

/** Clocks of senders are seldom off by more; samples later than this would hide real ones. */
export const FUTURE_MS_MAX = 600_000;

export function appendBatch(
  parts: ShardParts,
  batch: AppendBatch,
  context: AppendContext,
): AppendOutcome {
  const { head, drafter } = parts;
  const result = appendToHead(head, batch, {
    outOfOrderWindowMs: parts.outOfOrderWindowMs,
    newestAllowedMs: context.trustedNowMs + FUTURE_MS_MAX,
    isKnownValid: batch.generation === parts.generation,
  });
  const { firstNewRef, written } = result;
  const records: LogRecordDraft[] = [];
  if (head.seriesCount > firstNewRef) {
    indexNewSeries(parts, batch.tenant, firstNewRef);
    records.push(drafter.draftSeries(head, batch.tenant, firstNewRef));
  }
  if (written > 0) records.push(drafter.draftSamples(result));
  parts.appliedSeq += records.length;
  return {
    refs: result.entryRefs,
    verdicts: written === batch.sampleCount ? null : result.verdicts,
    writtenCount: written,
    records,
  };
}
