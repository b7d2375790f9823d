/**
 * The apply verb: brings the store to where its primary was after drafting the same record. Records
 * of kinds this version does not store are passed over unless the log forbids it.
 */
import { assert } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import {
  RECORD_CONFIG,
  RECORD_CUT,
  RECORD_EXEMPLARS,
  RECORD_FLAG_MUST_UNDERSTAND,
  RECORD_HISTOGRAMS,
  RECORD_METADATA,
  RECORD_SAMPLES,
  RECORD_SERIES,
  type LogRecord,
  type LogRecordDraft,
} from "#storage/log-record.ts";
import { FORMAT_UNSUPPORTED } from "#storage/storage-errors.ts";
import { splitExemplarItems } from "#storage/exemplar-item.ts";
import { replayHistograms, replaySamples, replaySeries } from "../head/head-replay.ts";
import { decodeItemsPayload } from "../items-payload.ts";
import { splitMetadataItems } from "#storage/metadata-item.ts";
import type { ShardParts } from "./shard-parts.ts";
import { applyCut, restoreCut } from "./shard-store-cut.ts";

export function applyRecord(parts: ShardParts, record: LogRecord): void {
  const { head } = parts;
  const { seq, type, payload, count } = record;
  assert(seq > parts.appliedSeq, () => `shard store: got record ${seq} after ${parts.appliedSeq}`);
  head.generations.noteRecords(seq, 1);
  switch (type) {
    case RECORD_SERIES:
      replaySeries(head, payload, count);
      break;
    case RECORD_SAMPLES:
      replaySamples(head, payload, count);
      break;
    case RECORD_HISTOGRAMS:
      replayHistograms(head, payload, count);
      break;
    case RECORD_EXEMPLARS:
    case RECORD_METADATA:
      replayItems(parts, record);
      break;
    case RECORD_CUT:
      applyCut(parts, payload, seq);
      break;
    case RECORD_CONFIG:
      // The actor's business; only its place in the log counts here.
      break;
    default:
      if ((record.flags & RECORD_FLAG_MUST_UNDERSTAND) !== 0) {
        throw new EngineError(
          FORMAT_UNSUPPORTED,
          `cannot apply record ${seq}: got type ${type}, which this version does not know`,
          { data: { seq, type } },
        );
      }
  }
  parts.appliedSeq = seq;
}

/** Exemplars or metadata; those that are there already, from the series log, stay. */
function replayItems(parts: ShardParts, { type, payload, count }: LogRecordDraft): void {
  const { tenant, bytes } = decodeItemsPayload(payload);
  const { number } = parts.head.generations;
  if (type === RECORD_EXEMPLARS) {
    for (const item of splitExemplarItems(bytes, count)) parts.exemplars.add(tenant, item, number);
  } else {
    for (const item of splitMetadataItems(bytes, count)) parts.metadata.add(tenant, item, number);
  }
}

/** Takes a record of the series log; see `series-records.ts`. */
export function restoreRecord(parts: ShardParts, draft: LogRecordDraft): void {
  const { type, payload, count } = draft;
  assert(parts.appliedSeq === 0, "shard store: series log after the log");
  if (type === RECORD_SERIES) {
    replaySeries(parts.head, payload, count);
  } else if (type === RECORD_EXEMPLARS || type === RECORD_METADATA) {
    replayItems(parts, draft);
  } else if (type === RECORD_CUT) {
    restoreCut(parts, payload);
  } else {
    throw new EngineError(FORMAT_UNSUPPORTED, `cannot restore a record: got type ${type}`);
  }
}
