/**
 * Which resolution a selection reads where. Blocks of raw samples are read wherever there are some;
 * times that no such block is about any more are read from the tiers, the finer one first. Pure.
 */
import type { TimeRange } from "#storage/queryable.ts";
import { TIER_1H, TIER_1M, TIER_RAW, type Tier } from "../block/tier.ts";
import type { BlockEntry } from "../manifest/block-entry.ts";
import type { ManifestState } from "../manifest/manifest-state.ts";

export interface TierPiece extends TimeRange {
  readonly tier: Tier;
}

/** Parts of the range that tiers stand in for, in order of time within a tier. */
export function tierPieces(state: ManifestState, range: TimeRange): readonly TierPiece[] {
  const blocks = [...state.blocks.values()];
  const isTiered = blocks.some(
    ({ tier, minMs, maxMs }) => tier !== TIER_RAW && minMs <= range.maxMs && maxMs >= range.minMs,
  );
  if (!isTiered) return [];
  const pieces: TierPiece[] = [];
  let open: readonly TimeRange[] = [{ minMs: range.minMs, maxMs: range.maxMs }];
  let covering = blocks.filter(({ tier }) => tier === TIER_RAW);
  for (const tier of [TIER_1M, TIER_1H]) {
    open = open.flatMap((part) => uncovered(part, covering));
    covering = blocks.filter((block) => block.tier === tier);
    for (const part of open) {
      const isThere = covering.some(
        ({ minMs, maxMs }) => minMs <= part.maxMs && maxMs >= part.minMs,
      );
      if (isThere) pieces.push({ tier, ...part });
    }
  }
  return pieces;
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
