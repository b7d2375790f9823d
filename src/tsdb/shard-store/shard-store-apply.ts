/**
 * The apply verb: brings the store to where its primary was after drafting the same record. Records
 * of kinds this version does not store are passed over unless the log forbids it.
 */
import { assert } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import {
  RECORD_CONFIG,
  RECORD_FLAG_MUST_UNDERSTAND,
  RECORD_SAMPLES,
  RECORD_SERIES,
  type LogRecord,
} from "#storage/log-record.ts";
import { FORMAT_UNSUPPORTED } from "#storage/storage-errors.ts";
import { replaySamples, replaySeries } from "../head/head-replay.ts";
import { indexNewSeries, type ShardParts } from "./shard-parts.ts";

export function applyRecord(parts: ShardParts, record: LogRecord): void {
  const { head } = parts;
  const { seq, type, payload, count } = record;
  assert(seq > parts.appliedSeq, () => `shard store: got record ${seq} after ${parts.appliedSeq}`);
  switch (type) {
    case RECORD_SERIES: {
      const firstNewRef = head.seriesCount;
      const tenant = replaySeries(head, payload, count);
      indexNewSeries(parts, tenant, firstNewRef);
      break;
    }
    case RECORD_SAMPLES:
      replaySamples(head, payload, count);
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
