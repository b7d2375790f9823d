/**
 * Blocks dealt into aligned ranges of time, in order of precedence. Pure; for the planner and for
 * whoever reads several blocks as one.
 */
import { compareWritten, type BlockEntry } from "../manifest/block-entry.ts";

export interface BlockGroup {
  /** Half-open, aligned. */
  readonly rangeStartMs: number;
  readonly rangeEndMs: number;
  /** At least one, the earliest written first. */
  readonly blocks: readonly BlockEntry[];
}

interface TimeSpan {
  readonly rangeStartMs: number;
  readonly rangeEndMs: number;
}

export function overlaps(range: TimeSpan, startMs: number, endMs: number): boolean {
  return range.rangeStartMs < endMs && range.rangeEndMs > startMs;
}

/** By the aligned range of `spanMs` that holds them; blocks that none holds are left out. */
export function dealByRange(blocks: readonly BlockEntry[], spanMs: number): readonly BlockGroup[] {
  const dealt = new Map<number, BlockEntry[]>();
  for (const block of blocks) {
    const start = Math.floor(block.rangeStartMs / spanMs) * spanMs;
    if (block.rangeEndMs > start + spanMs) continue;
    const group = dealt.get(start);
    if (group === undefined) dealt.set(start, [block]);
    else group.push(block);
  }
  return [...dealt]
    .sort(([a], [b]) => a - b)
    .map(([start, group]) => ({
      rangeStartMs: start,
      rangeEndMs: start + spanMs,
      blocks: group.toSorted(compareWritten),
    }));
}

/**
 * As `dealByRange`, but ranges grow where a block is larger than `spanMs`: every block is in one
 * group, and no block overlaps a group it is not in.
 */
export function dealByWidth(blocks: readonly BlockEntry[], spanMs: number): readonly BlockGroup[] {
  const sorted = blocks.toSorted((a, b) => a.rangeStartMs - b.rangeStartMs);
  const groups: { rangeStartMs: number; rangeEndMs: number; blocks: BlockEntry[] }[] = [];
  for (const block of sorted) {
    const rangeStartMs = Math.floor(block.rangeStartMs / spanMs) * spanMs;
    const rangeEndMs = Math.ceil(block.rangeEndMs / spanMs) * spanMs;
    const before = groups.at(-1);
    if (before !== undefined && rangeStartMs < before.rangeEndMs) {
      before.rangeEndMs = Math.max(before.rangeEndMs, rangeEndMs);
      before.blocks.push(block);
    } else {
      groups.push({ rangeStartMs, rangeEndMs, blocks: [block] });
    }
  }
  return groups.map((group) => ({ ...group, blocks: group.blocks.toSorted(compareWritten) }));
}
