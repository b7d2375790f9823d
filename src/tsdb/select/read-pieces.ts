/**
 * Which resolution a selection reads where. Blocks of raw samples are read wherever there are some;
 * times that no such block is about any more are read from the tiers, the finer one first. Where a
 * retention rule has taken series out of the finer blocks, these are read from the tier. Pure.
 */
import type { TimeRange } from "#storage/queryable.ts";
import { TIER_1H, TIER_1M, TIER_RAW, type Tier } from "../block/tier.ts";
import type { BlockEntry } from "../manifest/block-entry.ts";
import type { ManifestState } from "../manifest/manifest-state.ts";

export interface TierPiece extends TimeRange {
  readonly tier: Tier;
  /** Finer blocks of that time: the tier stands in for the series that none of them has. */
  readonly besides: readonly BlockEntry[];
}

/** Parts of the range that tiers stand in for, in order of time within a tier. */
export function tierPieces(state: ManifestState, range: TimeRange): readonly TierPiece[] {
  const blocks = [...state.blocks.values()];
  const isTiered = blocks.some(
    ({ tier, minMs, maxMs }) => tier !== TIER_RAW && minMs <= range.maxMs && maxMs >= range.minMs,
  );
  if (!isTiered) return [];
  const pieces: TierPiece[] = [];
  for (const tier of [TIER_1M, TIER_1H]) {
    const finer = blocks.filter((block) => block.tier < tier);
    const thinned = finer.filter(isThinned);
    const covering = finer.filter((block) => !isThinned(block));
    for (const open of uncovered(range, covering)) {
      for (const part of splitAtEdges(open, thinned)) {
        const isThere = blocks.some((block) => block.tier === tier && isNear(block, part));
        const besides = thinned.filter((block) => spans(block, part));
        if (isThere) pieces.push({ tier, ...part, besides });
      }
    }
  }
  return pieces;
}

/** Retention rules were applied inside: series may be gone that other blocks still have. */
function isThinned({ retentionMark }: BlockEntry): boolean {
  return retentionMark !== 0;
}

function isNear({ minMs, maxMs }: BlockEntry, range: TimeRange): boolean {
  return minMs <= range.maxMs && maxMs >= range.minMs;
}

function spans({ rangeStartMs, rangeEndMs }: BlockEntry, range: TimeRange): boolean {
  return rangeStartMs <= range.maxMs && rangeEndMs > range.minMs;
}

/** Parts of a range in which no block begins or ends. */
function splitAtEdges({ minMs, maxMs }: TimeRange, blocks: readonly BlockEntry[]): TimeRange[] {
  const edges = blocks.flatMap(({ rangeStartMs, rangeEndMs }) => [rangeStartMs, rangeEndMs]);
  const inside = edges.filter((edge) => edge > minMs && edge <= maxMs);
  const starts = [...new Set([minMs, ...inside])].sort((a, b) => a - b);
  return starts.map((start, i) => ({ minMs: start, maxMs: (starts[i + 1] ?? maxMs + 1) - 1 }));
}

/** What of `range` lies in the range of no block. */
function uncovered(range: TimeRange, blocks: readonly BlockEntry[]): TimeRange[] {
  const parts: TimeRange[] = [];
  let { minMs } = range;
  const { maxMs } = range;
  for (const block of blocks.toSorted((a, b) => a.rangeStartMs - b.rangeStartMs)) {
    if (block.rangeEndMs <= minMs) continue;
    if (block.rangeStartMs > maxMs) break;
    if (block.rangeStartMs > minMs) parts.push({ minMs, maxMs: block.rangeStartMs - 1 });
    minMs = block.rangeEndMs;
  }
  if (minMs <= maxMs) parts.push({ minMs, maxMs });
  return parts;
}
