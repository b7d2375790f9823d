/**
 * Segments of the logs: how large, and what is in them. They are read as recovery reads them, which
 * checks every record and changes nothing.
 */
import {
  RECORD_CUT,
  RECORD_HISTOGRAMS,
  RECORD_SAMPLES,
  RECORD_SERIES,
  type LogRecord,
} from "#storage/log-record.ts";
import type { LogPlace } from "#tsdb/wal/log-place.ts";
import { replayLog } from "#tsdb/wal/log-reader.ts";
import { RECORD_HEADER_BYTES } from "#tsdb/wal/record-codec.ts";
import { logFolder, type LogIdentity, segmentName } from "#tsdb/wal/segment-format.ts";
import type { InspectReport } from "./inspect-report.ts";
import { type InspectedFolder, logsOf } from "./inspected-folder.ts";

export const LOG_COLUMNS: readonly string[] = [
  ...["log", "segment", "bytes", "records", "series", "samples", "cuts", "others", "state"],
];

interface SegmentTally {
  bytes: number;
  records: number;
  series: number;
  samples: number;
  cuts: number;
  others: number;
}

export async function inspectLogs(folder: InspectedFolder, report: InspectReport): Promise<void> {
  for (const identity of logsOf(folder)) await inspectLog(folder, identity, report);
}

async function inspectLog(
  { disk }: InspectedFolder,
  identity: LogIdentity,
  report: InspectReport,
): Promise<void> {
  const segments = new Map<number, SegmentTally>();
  const recovery = await replayLog(disk, identity, (record, place) => {
    count(tallyOf(segments, place), record);
  });
  const { logId } = identity;
  for (const { kind, segmentId, offset, length, shard } of recovery.corruptions) {
    const where = shard < 0 ? `${length} bytes` : `records of shard ${shard} before it are missing`;
    const path = `${logFolder(logId)}/${segmentName(Math.max(segmentId, 1))}`;
    report.damage(path, offset, `${kind}: ${where}`);
  }
  const hidden = recovery.corruptionCount - recovery.corruptions.length;
  if (hidden > 0) report.damage(logFolder(logId), null, `${hidden} more places`);
  for (const [segmentId, tally] of segments) {
    const { bytes, records, series, samples, cuts, others } = tally;
    const state = segmentId === recovery.resume.previous.segmentId ? "newest" : "closed";
    report.row(logId, segmentId, bytes, records, series, samples, cuts, others, state);
  }
}

function tallyOf(segments: Map<number, SegmentTally>, { segmentId }: LogPlace): SegmentTally {
  let tally = segments.get(segmentId);
  if (tally === undefined) {
    tally = { bytes: 0, records: 0, series: 0, samples: 0, cuts: 0, others: 0 };
    segments.set(segmentId, tally);
  }
  return tally;
}

function count(tally: SegmentTally, record: LogRecord): void {
  tally.records++;
  tally.bytes += RECORD_HEADER_BYTES + record.payload.length;
  if (record.type === RECORD_SERIES) tally.series += record.count;
  else if (holdsSamples(record)) tally.samples += record.count;
  else if (record.type === RECORD_CUT) tally.cuts++;
  else tally.others++;
}

/** Native histograms are samples too. */
function holdsSamples({ type }: LogRecord): boolean {
  return type === RECORD_SAMPLES || type === RECORD_HISTOGRAMS;
}
