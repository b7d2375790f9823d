/**
 * Hands out series in the order of blocks (placement, fingerprint, tenant, labels), lazily: they are
 * first dealt into buckets by the upper placement word, which is spread evenly over targets, and a
 * bucket is sorted when it is reached. So the first series of a large selection come soon, and no
 * step takes long. Series may be dropped meanwhile; the place of their refs is then any.
 */
import { SERIES_TENANT } from "#kernels/layout/head-layout.ts";
import type { Head } from "./head.ts";

/** Series per bucket on average: sorting one is a matter of microseconds. */
const BUCKET_SERIES = 64;

/** Per kernel call. */
const LOOKUP_REFS = 4096;

export class PlacementOrder {
  readonly #head: Head;
  readonly #refs: Uint32Array;
  /** `bucketCount + 1` starts. */
  readonly #bucketStart: Uint32Array;
  #bucket = 0;
  #next = 0;
  #sortedEnd = 0;

  constructor(head: Head, refs: Uint32Array) {
    this.#head = head;
    this.#refs = new Uint32Array(refs.length);
    this.#bucketStart = this.#deal(refs);
  }

  /** The next ref, or -1 at the end. */
  next(): number {
    const ref = this.peek();
    if (ref >= 0) this.#next++;
    return ref;
  }

  /** What `next` will give. */
  peek(): number {
    if (this.#next === this.#refs.length) return -1;
    while (this.#next === this.#sortedEnd) this.#sortBucket();
    return this.#refs[this.#next]!;
  }

  #sortBucket(): void {
    this.#sortedEnd = this.#bucketStart[++this.#bucket]!;
    this.#refs.subarray(this.#next, this.#sortedEnd).sort((a, b) => compare(this.#head, a, b));
  }

  /** Counting sort by bucket; a higher bucket holds higher placements only. */
  #deal(refs: Uint32Array): Uint32Array {
    const bucketCount = Math.max(1, Math.ceil(refs.length / BUCKET_SERIES));
    const uppers = upperPlacements(this.#head, refs);
    let min = Infinity;
    let max = -Infinity;
    for (let i = 0; i < uppers.length; i++) {
      const upper = uppers[i]!;
      if (upper < min) min = upper;
      if (upper > max) max = upper;
    }
    const scale = bucketCount / (max - min + 1);
    const starts = new Uint32Array(bucketCount + 1);
    for (let i = 0; i < uppers.length; i++) starts[Math.floor((uppers[i]! - min) * scale) + 1]!++;
    for (let i = 1; i <= bucketCount; i++) starts[i]! += starts[i - 1]!;
    const next = starts.slice(0, bucketCount);
    for (let i = 0; i < refs.length; i++) {
      const bucket = Math.floor((uppers[i]! - min) * scale);
      this.#refs[next[bucket]!++] = refs[i]!;
    }
    return starts;
  }
}

/** Of all refs, looked up by the kernel some at a time. */
function upperPlacements(head: Head, refs: Uint32Array): Uint32Array {
  const { memory } = head;
  const uppers = new Uint32Array(refs.length);
  memory.reserve(memory.scratchRoom(8 * LOOKUP_REFS));
  const scratch = memory.scratch(8 * LOOKUP_REFS);
  const words = scratch + 4 * LOOKUP_REFS;
  for (let first = 0; first < refs.length; first += LOOKUP_REFS) {
    const some = refs.subarray(first, first + LOOKUP_REFS);
    memory.u32.set(some, scratch / 4);
    memory.kernel.upperPlacements(some.length, scratch, words);
    uppers.set(memory.u32.subarray(words / 4, words / 4 + some.length), first);
  }
  return uppers;
}

function compare(head: Head, a: number, b: number): number {
  const { u32 } = head.memory;
  return (
    compareWords(u32, head.placementWord(a), head.placementWord(b)) ||
    compareWords(u32, head.fingerprintWord(a), head.fingerprintWord(b)) ||
    compareLabels(head, a, b) ||
    a - b
  );
}

/** Order of blocks where two label sets share both hashes, as good as never; 0 for twins. */
function compareLabels(head: Head, a: number, b: number): number {
  const { u32 } = head.memory;
  const tenant = SERIES_TENANT / 4;
  const byTenant = u32[head.recordWord(a) + tenant]! - u32[head.recordWord(b) + tenant]!;
  if (byTenant !== 0 || !head.isLive(a) || !head.isLive(b)) return byTenant;
  const labels = head.labelBytes(a).slice();
  return compareBytes(labels, head.labelBytes(b));
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

/** Compares two u64, low word first. */
function compareWords(u32: Uint32Array, a: number, b: number): number {
  return u32[a + 1]! - u32[b + 1]! || u32[a]! - u32[b]!;
}
