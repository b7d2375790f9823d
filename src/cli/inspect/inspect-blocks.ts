/** The blocks that manifests name, from the footers of their files. */
import { U32_MAX } from "#model/refs.ts";
import type { BlockEntry } from "#tsdb/manifest/block-entry.ts";
import { TIER_RAW, tierName } from "#tsdb/block/tier.ts";
import type { InspectReport } from "./inspect-report.ts";
import { type InspectedFolder, shardsOf } from "./inspected-folder.ts";
import { blocksOf, manifestOf, withBlock } from "./shard-files.ts";

export const BLOCK_COLUMNS: readonly string[] = [
  ...["shard", "block", "tier", "from", "to", "series", "samples", "bytes", "B/sample", "state"],
];

export async function inspectBlocks(folder: InspectedFolder, report: InspectReport): Promise<void> {
  for (const shard of shardsOf(folder)) {
    const state = await manifestOf(folder, shard, report);
    for (const block of blocksOf(state)) {
      const isSound = await withBlock(folder, block, report, async () => {});
      const { blockId, tier, rangeStartMs, rangeEndMs, seriesCount, sampleCount } = block;
      report.row(
        ...[shard, blockId, tierName(tier), timeText(rangeStartMs), timeText(rangeEndMs)],
        ...[seriesCount, sampleCount, block.fileBytes],
        tier === TIER_RAW ? (block.fileBytes / sampleCount).toFixed(2) : "",
        isSound ? `ok${partText(block)}` : "damaged",
      );
    }
  }
}

function timeText(ms: number): string {
  return new Date(ms).toISOString().replace(".000Z", "Z");
}

/** Of a file that a split left to several shards: whose it was, and which part is this one's. */
function partText({ fileShard, folderShard, ownedMin, ownedMax }: BlockEntry): string {
  const hex = (word: number): string => word.toString(16).padStart(8, "0");
  if (fileShard === folderShard && ownedMin === 0 && ownedMax === U32_MAX) return "";
  return `, of shard ${fileShard}: placements ${hex(ownedMin)}-${hex(ownedMax)}`;
}
