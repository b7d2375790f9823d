/** Carries out one task of the plan, whatever its tier. */
import { TIER_RAW } from "../block/tier.ts";
import type { CompactionContext, CompactionResult } from "./compaction-job.ts";
import type { CompactionTask } from "./compaction-plan.ts";
import { mergeBlocks } from "./merge-blocks.ts";
import { mergeTiers } from "./merge-tiers.ts";

export async function runCompaction(
  task: CompactionTask,
  context: CompactionContext,
): Promise<CompactionResult> {
  return task.tier === TIER_RAW
    ? await mergeBlocks(task, context)
    : await mergeTiers(task, context);
}
