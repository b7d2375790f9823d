/** The series of every block, in the order of the file. */
import { describeSeries } from "#model/canonical-labels.ts";
import { tierName } from "#tsdb/block/tier.ts";
import type { InspectReport } from "./inspect-report.ts";
import { type InspectedFolder, shardsOf } from "./inspected-folder.ts";
import { blocksOf, manifestOf, withBlock } from "./shard-files.ts";

export const SERIES_COLUMNS: readonly string[] = [
  ...["shard", "block", "tier", "number", "tenant", "placement", "fingerprint", "series"],
];

export async function inspectSeries(folder: InspectedFolder, report: InspectReport): Promise<void> {
  for (const shard of shardsOf(folder)) {
    const state = await manifestOf(folder, shard, report);
    for (const block of blocksOf(state)) {
      await withBlock(folder, block, report, async (reader) => {
        const { series } = await reader.index();
        for (let number = 0; number < series.seriesCount; number++) {
          const one = series.identity(number);
          const placement = hex(one.placementHigh, one.placementLow);
          const fingerprint = hex(one.fingerprintHigh, one.fingerprintLow);
          const place = [shard, block.blockId, tierName(block.tier), number, one.tenant];
          report.row(...place, placement, fingerprint, describeSeries(one.labels));
        }
      });
    }
  }
}

function hex(high: number, low: number): string {
  return [high, low].map((word) => word.toString(16).padStart(8, "0")).join("");
}
