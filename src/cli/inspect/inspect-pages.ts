/** The pages of every block: where they lie and which series they hold. */
import { tierName } from "#tsdb/block/tier.ts";
import type { InspectReport } from "./inspect-report.ts";
import { type InspectedFolder, shardsOf } from "./inspected-folder.ts";
import { blocksOf, manifestOf, withBlock } from "./shard-files.ts";

export const PAGE_COLUMNS: readonly string[] = [
  ...["shard", "block", "tier", "column", "page", "offset", "bytes", "first", "last"],
];

export async function inspectPages(folder: InspectedFolder, report: InspectReport): Promise<void> {
  for (const shard of shardsOf(folder)) {
    const state = await manifestOf(folder, shard, report);
    for (const block of blocksOf(state)) {
      await withBlock(folder, block, report, async (reader) => {
        const { pages, histogramPages } = await reader.index();
        const tables = [...pages.entries(), ["histograms", histogramPages] as const];
        for (const [column, table] of tables) {
          if (table === null) continue;
          for (let page = 0; page < table.pageCount; page++) {
            report.row(
              ...[shard, block.blockId, tierName(block.tier), column, page],
              ...[table.offset(page), table.length(page)],
              ...[table.firstSeries(page), table.lastSeries(page)],
            );
          }
        }
      });
    }
  }
}
