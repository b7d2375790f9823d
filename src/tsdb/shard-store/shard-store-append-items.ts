/**
 * The append verb for exemplars and metadata. They are kept beside the head, name their series by
 * labels, and make no series. What the shard has already is neither kept nor logged again.
 */
import { assert } from "#base/assert.ts";
import { describeSeries } from "#model/canonical-labels.ts";
import type { TenantId } from "#model/refs.ts";
import { REPLY_REJECTIONS_MAX } from "#storage/append-reply.ts";
import type { AppendBatch, EncodedItems } from "#storage/append-batch.ts";
import type { Rejection } from "#storage/body-appender.ts";
import { RECORD_EXEMPLARS, RECORD_METADATA, type LogRecordDraft } from "#storage/log-record.ts";
import type { AppendContext, AppendOutcome, ExemplarOutcome } from "#storage/shard-store.ts";
import { isStored, VERDICT_TOO_FAR_AHEAD, VERDICT_WRITTEN } from "#storage/verdict.ts";
import { splitExemplarItems } from "#storage/exemplar-item.ts";
import { splitMetadataItems } from "#storage/metadata-item.ts";
import { recordPayloadBytesMax } from "../wal/record-codec.ts";
import { draftItems } from "./draft-items.ts";
import type { ShardParts } from "./shard-parts.ts";
import { FUTURE_MS_MAX } from "./shard-store-append.ts";

const NO_REFS = new Uint32Array(0);

export function appendItems(
  parts: ShardParts,
  batch: AppendBatch,
  context: AppendContext,
): AppendOutcome {
  const { tenant, metadata } = batch;
  assert(batch.sampleCount === 0 && batch.labelCount === 0, "shard store: items beside samples");
  const records = metadata === null ? [] : addMetadata(parts, tenant, metadata);
  const exemplars = batch.exemplars === null ? null : addExemplars(parts, batch, context, records);
  parts.appliedSeq += records.length;
  parts.head.generations.noteRecords(parts.appliedSeq - records.length + 1, records.length);
  const outcome = { refs: NO_REFS, verdicts: null, writtenCount: 0, records };
  return exemplars === null ? outcome : { ...outcome, exemplars };
}

function addMetadata(
  parts: ShardParts,
  tenant: TenantId,
  { bytes, count }: EncodedItems,
): LogRecordDraft[] {
  const added: Uint8Array[] = [];
  for (const item of splitMetadataItems(bytes, count)) {
    if (!parts.metadata.wants(tenant, item)) continue;
    parts.metadata.add(tenant, item, parts.head.generations.number);
    added.push(item.bytes);
  }
  return draftItems(RECORD_METADATA, new Map([[tenant, added]]), recordPayloadBytesMax);
}

/** Adds to `records` what it drafts. */
function addExemplars(
  parts: ShardParts,
  { tenant, exemplars }: AppendBatch,
  { trustedNowMs }: AppendContext,
  records: LogRecordDraft[],
): ExemplarOutcome {
  const { bytes, count } = exemplars!;
  const added: Uint8Array[] = [];
  const rejections: Rejection[] = [];
  let written = 0;
  let rejected = 0;
  const items = parts.exemplars.isOff ? [] : splitExemplarItems(bytes, count);
  for (const item of items) {
    const { timestampMs } = item;
    const isTooFarAhead = timestampMs > trustedNowMs + FUTURE_MS_MAX;
    const verdict = isTooFarAhead
      ? VERDICT_TOO_FAR_AHEAD
      : parts.exemplars.judge(tenant, item, parts.outOfOrderWindowMs);
    if (isStored(verdict)) {
      written++;
    } else {
      rejected++;
      if (rejections.length === REPLY_REJECTIONS_MAX) continue;
      const series = describeSeries(item.series);
      rejections.push({ verdict, series, timestampMs, detail: "exemplar" });
    }
    if (verdict !== VERDICT_WRITTEN) continue;
    parts.exemplars.add(tenant, item, parts.head.generations.number);
    added.push(item.bytes);
  }
  records.push(...draftItems(RECORD_EXEMPLARS, new Map([[tenant, added]]), recordPayloadBytesMax));
  return { written, rejected, rejections };
}
