/**
 * Reads everything: every log record, manifest, series log, and every block to its last sample,
 * checksums and digests included.
 */
import { loadSeriesLog } from "#tsdb/series-log/series-log-load.ts";
import { inspectLogs, LOG_COLUMNS } from "./inspect-log.ts";
import { InspectReport } from "./inspect-report.ts";
import { type InspectedFolder, ownerOf, shardsOf } from "./inspected-folder.ts";
import { blocksOf, manifestOf, withBlock } from "./shard-files.ts";

export const VERIFY_COLUMNS: readonly string[] = ["part", "count", "bytes", "damaged"];

/** `tell` hears of every step, for long runs. */
export async function inspectVerify(
  folder: InspectedFolder,
  report: InspectReport,
  tell: (text: string) => void,
): Promise<void> {
  await verifyLogs(folder, report, tell);
  const series = { count: 0, damaged: 0 };
  const blocks = { count: 0, bytes: 0, damaged: 0 };
  let manifests = 0;
  const before = report.damageCount;
  for (const shard of shardsOf(folder)) {
    const state = await manifestOf(folder, shard, report);
    if (state.version > 0) manifests++;
    const owner = ownerOf(folder, shard);
    const log = await loadSeriesLog(folder.disk, owner, state.flushedSeq, () => {});
    series.count += log.fileIds.length;
    series.damaged += log.corruptions.length;
    for (const { path, offset, cause } of log.corruptions) report.damage(path, offset, cause);
    for (const block of blocksOf(state)) {
      const isSound = await withBlock(folder, block, report, (reader) => reader.verify());
      blocks.count++;
      blocks.bytes += block.fileBytes;
      if (!isSound) blocks.damaged++;
    }
    tell(`shard ${shard}: ${blocks.count} blocks read so far`);
  }
  const damagedManifests = report.damageCount - before - series.damaged - blocks.damaged;
  report.row("manifests", manifests, "", damagedManifests);
  report.row("series log files", series.count, "", series.damaged);
  report.row("blocks", blocks.count, blocks.bytes, blocks.damaged);
}

async function verifyLogs(
  folder: InspectedFolder,
  report: InspectReport,
  tell: (text: string) => void,
): Promise<void> {
  const logs = new InspectReport(LOG_COLUMNS, Number.POSITIVE_INFINITY);
  await inspectLogs(folder, logs);
  tell(`logs: ${logs.rows.length} segments read`);
  for (const { path, offset, cause } of logs.places) report.damage(path, offset, cause);
  const bytes = logs.rows.reduce((sum, row) => sum + Number(row[2]), 0);
  report.row("log segments", logs.rows.length, bytes, logs.damageCount);
}
