/**
 * Closing and leaving of generations, and the series that go with them. A series is dropped by the
 * cut that finds it without samples in the generation it closes and in the one before, and in the
 * memory. A replica that still has samples of it (its own flush is behind) lets it linger: found by
 * reads, not by its labels, until they are gone.
 */
import { SERIES_DROPPED, SERIES_FLAGS, SERIES_TENANT } from "#kernels/layout/head-layout.ts";
import type { TenantId } from "#model/refs.ts";
import type { SeriesQuota } from "#storage/series-quota.ts";
import type { Head } from "./head.ts";

/** Bounds the cut record (512 KiB); what is left goes with the next cut. */
export const CUT_RUNS_MAX = 65_536;
/** Per kernel call. */
const RUNS_PER_CALL = 4096;

/** Drops the series that the cut of the current generation finds idle; returns the runs of them. */
export function dropIdleSeries(head: Head): Uint32Array {
  const { memory, generations } = head;
  const newestIdle = Math.min(generations.current - 2, generations.freed);
  if (newestIdle < 0) return new Uint32Array(0);
  memory.reserve(memory.scratchRoom(8 * RUNS_PER_CALL));
  const scratch = memory.scratch(8 * RUNS_PER_CALL);
  const dropped: Uint32Array[] = [];
  for (let left = CUT_RUNS_MAX / RUNS_PER_CALL; left > 0; left--) {
    const count = memory.kernel.collectIdle(newestIdle, scratch, RUNS_PER_CALL) >>> 0;
    const runs = memory.u32.slice(scratch / 4, scratch / 4 + 2 * count);
    dropRuns(head, runs);
    dropped.push(runs);
    if (count < RUNS_PER_CALL) break;
  }
  return concat(dropped);
}

/** Drops the series of runs {first ref, count}. */
export function dropRuns(head: Head, runs: Uint32Array): void {
  if (head.quota !== null) noteDropped(head, head.quota, runs);
  for (let i = 0; i < runs.length; i += 2) {
    const lingering = head.memory.kernel.drop(runs[i]!, runs[i + 1]!) >>> 0;
    if (lingering > 0) head.lingeringRuns.push(runs[i]!, runs[i + 1]!);
  }
}

/** A series that lingers has left already when it is dropped for good. */
function noteDropped(head: Head, quota: SeriesQuota, runs: Uint32Array): void {
  const { u32 } = head.memory;
  for (let i = 0; i < runs.length; i += 2) {
    const end = runs[i]! + runs[i + 1]!;
    for (let ref = runs[i]!; ref < end; ref++) {
      if (!head.isLive(ref) || isDropped(head, ref)) continue;
      quota.note(u32[head.recordWord(ref) + SERIES_TENANT / 4]! as TenantId, -1);
    }
  }
}

/** The oldest closed generation is in blocks. */
export function releaseGeneration(head: Head, number: number): void {
  head.sampleCount -= head.generations.release(number);
  dropLingering(head);
}

/** A view that left out generations up to `released` is disposed. */
export function unpinGenerations(head: Head, released: number): void {
  head.generations.unpin(released);
  dropLingering(head);
}

export function isDropped(head: Head, ref: number): boolean {
  const word = head.memory.u32[head.recordWord(ref) + (SERIES_FLAGS >> 2)]!;
  return ((word >>> (8 * (SERIES_FLAGS & 3))) & SERIES_DROPPED) !== 0;
}

function dropLingering(head: Head): void {
  if (head.lingeringRuns.length === 0) return;
  const runs = Uint32Array.from(head.lingeringRuns);
  head.lingeringRuns = [];
  dropRuns(head, runs);
}

function concat(parts: readonly Uint32Array[]): Uint32Array {
  const whole = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
