/** Whether a shard has blocks that a selection must read. Asked for every shard of every query. */
import type { BlocksState } from "#storage/blocks-state.ts";
import type { TimeRange } from "#storage/queryable.ts";

/** From the first to the last sample of all blocks of a state. */
const spans = new WeakMap<BlocksState, TimeRange>();

export function hasBlocksIn(state: BlocksState, { minMs, maxMs }: TimeRange): boolean {
  const span = spanOf(state);
  // As good as always: blocks are older than what is asked for, or it reaches over all of them.
  if (span.minMs > maxMs || span.maxMs < minMs) return false;
  for (const block of state.blocks.values()) {
    if (block.minMs <= maxMs && block.maxMs >= minMs) return true;
  }
  return false;
}

function spanOf(state: BlocksState): TimeRange {
  const known = spans.get(state);
  if (known !== undefined) return known;
  const span = { minMs: Infinity, maxMs: -Infinity };
  for (const { minMs, maxMs } of state.blocks.values()) {
    if (minMs < span.minMs) span.minMs = minMs;
    if (maxMs > span.maxMs) span.maxMs = maxMs;
  }
  spans.set(state, span);
  return span;
}
