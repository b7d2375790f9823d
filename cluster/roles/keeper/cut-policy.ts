/**
 * Decides which shard of a worker ends its head generation now, if any. Pure. Windows are aligned:
 * a generation that began in an earlier window is due. Between times the largest generation goes
 * when the node's head memory is nearly used up. One at a time, and none while flushes wait, so the
 * cuts of many shards spread over the time that their flushes take.
 */
import type { ShardId } from "#model/refs.ts";

export interface HeadFacts {
  readonly shard: ShardId;
  /** No record has come since the last cut. */
  readonly isEmpty: boolean;
  /** Trusted time at which the current generation began. */
  readonly sinceMs: number;
  /** Samples in the current generation. */
  readonly sampleCount: number;
}

export interface CutClock {
  readonly nowMs: number;
  /** 0: blocks are never written. */
  readonly windowMs: number;
  /** Head memory of the node in use, as a share of its budget. */
  readonly usedShare: number;
  /** Generations closed and not in blocks yet. */
  readonly closedCount: number;
}

/** One is being flushed, one is ready when that is done. */
export const CLOSED_MAX = 2;
/** Stock senders repeat what was not acknowledged for some minutes: that still lands in its window. */
export const GRACE_MS_MAX = 300_000;
/** With short windows, as in tests. */
const GRACE_SHARE = 0.1;
/** Above this share of the head budget the largest generations are cut early. */
export const PRESSURE_SHARE = 0.8;
/** A smaller generation gives back too little memory for its block. */
export const PRESSURE_SAMPLES_MIN = 50_000;

export function nextCut(heads: readonly HeadFacts[], clock: CutClock): ShardId | null {
  if (clock.windowMs === 0 || clock.closedCount >= CLOSED_MAX) return null;
  const present = windowOf(clock.nowMs, clock.windowMs);
  let due: HeadFacts | null = null;
  let largest: HeadFacts | null = null;
  for (const head of heads) {
    if (head.isEmpty) continue;
    const isDue = windowOf(head.sinceMs, clock.windowMs) < present;
    if (isDue && head.sinceMs < (due?.sinceMs ?? Infinity)) due = head;
    if (head.sampleCount > (largest?.sampleCount ?? 0)) largest = head;
  }
  const isPressed = clock.usedShare > PRESSURE_SHARE;
  if (isPressed && largest !== null && largest.sampleCount >= PRESSURE_SAMPLES_MIN) {
    return largest.shard;
  }
  return due?.shard ?? null;
}

/** Number of the window whose samples, latecomers included, come at `timeMs`. */
function windowOf(timeMs: number, windowMs: number): number {
  const graceMs = Math.min(GRACE_MS_MAX, GRACE_SHARE * windowMs);
  return Math.floor((timeMs - graceMs) / windowMs);
}
