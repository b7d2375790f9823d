/**
 * What the blocks of a shard need next, if anything: first what frees space at once, then what
 * applies deletions, then merges and tiers, then what single rules of retention take out of blocks.
 * Samples past their age stay until their tiers are made.
 * Pure; one step at a time, because each changes what the next one sees.
 */
import type { Seq } from "#model/refs.ts";
import {
  awaitsTiers,
  planCompaction,
  type CompactionTask,
} from "#tsdb/compaction/compaction-plan.ts";
import type { CompactionOptions } from "#tsdb/compaction/compaction-options.ts";
import type { RetentionRewrite } from "#tsdb/compaction/rewrite-block.ts";
import { blocksToClean, finishedTombstones } from "#tsdb/compaction/tombstone-plan.ts";
import type { BlockEntry, BlockKey } from "#tsdb/manifest/block-entry.ts";
import type { ManifestState } from "#tsdb/manifest/manifest-state.ts";
import type { RetentionOptions } from "#tsdb/retention/retention-options.ts";
import { RetentionCut } from "#tsdb/retention/retention-cut.ts";
import {
  planRetention,
  retentionCutoffs,
  retentionMark,
  retentionNowMs,
} from "#tsdb/retention/retention-plan.ts";

export type UpkeepStep =
  | { readonly kind: "expire"; readonly blocks: readonly BlockKey[] }
  | { readonly kind: "forget"; readonly tombstones: readonly Seq[] }
  | { readonly kind: "clean"; readonly block: BlockEntry }
  | { readonly kind: "merge"; readonly task: CompactionTask }
  | { readonly kind: "rewrite"; readonly block: BlockEntry; readonly retention: RetentionRewrite };

export interface UpkeepClock {
  readonly wallMs: number;
  /** Newest sample in blocks of any shard here: one that is silent ages with the others. */
  readonly newestMs: number;
}

export interface UpkeepOptions {
  readonly retention: RetentionOptions;
  /** All blocks of the node together. */
  readonly retentionBytesMax: number;
  readonly compaction: CompactionOptions;
}

export function nextUpkeep(
  state: ManifestState,
  clock: UpkeepClock,
  options: UpkeepOptions,
): UpkeepStep | null {
  const { wallMs, newestMs } = clock;
  const blocks = [...state.blocks.values()];
  const ages = { wallMs, newestSampleMs: newestMs };
  const { expired, rewrites } = planRetention(blocks, ages, options.retention);
  const isReady = (block: BlockEntry): boolean =>
    !awaitsTiers(block, blocks, newestMs, options.compaction);
  const leaving = expired.filter((key) => isReady(state.blocks.get(key)!));
  if (leaving.length > 0) return { kind: "expire", blocks: leaving };
  const tombstones = finishedTombstones(state);
  if (tombstones.length > 0) return { kind: "forget", tombstones };
  const [block] = blocksToClean(state);
  if (block !== undefined) return { kind: "clean", block };
  const [task] = planCompaction(blocks, newestMs, options.compaction);
  if (task !== undefined) return { kind: "merge", task };
  // Last: a merge would only write them once more.
  const old = rewrites.find(isReady);
  return old === undefined ? null : rewriteStep(old, clock, options.retention);
}

function rewriteStep(
  block: BlockEntry,
  { wallMs, newestMs }: UpkeepClock,
  options: RetentionOptions,
): UpkeepStep {
  const nowMs = retentionNowMs({ wallMs, newestSampleMs: newestMs });
  const cutoffs = retentionCutoffs(block, nowMs, options);
  const cut = new RetentionCut(options, cutoffs);
  const mark = retentionMark(cutoffs, options);
  return {
    kind: "rewrite",
    block,
    retention: { cutoffMs: (series) => cut.cutoffMs(series), mark },
  };
}

/** -Infinity without blocks. */
export function newestSampleMs(state: ManifestState): number {
  let newestMs = -Infinity;
  for (const { maxMs } of state.blocks.values()) newestMs = Math.max(newestMs, maxMs);
  return newestMs;
}
