/**
 * The generations of a head: one takes samples, closed ones wait to be flushed, released ones to be
 * seen by no view any more. They close, are released and lose their memory in the order of time.
 *
 * The kernel counts them from 1 in each life; the log has numbers that go on from life to life.
 */
import { assert } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import { HEAD_ARENAS_MAX } from "#kernels/layout/head-layout.ts";
import type { ClosedGeneration } from "#storage/head-generation.ts";
import { OVERLOADED } from "#storage/storage-errors.ts";
import type { HeadHistograms } from "./head-histograms.ts";
import type { HeadMemory } from "./head-memory.ts";

/** Each has an arena in the kernel; flushes are hours behind long before. */
export const GENERATIONS_CLOSED_MAX: number = HEAD_ARENAS_MAX / 2;

export interface HeadGeneration extends ClosedGeneration {
  /** What the kernel calls it. */
  readonly generation: number;
  /** Its new series have refs from `firstRef` up to `endRef`. */
  readonly firstRef: number;
  readonly endRef: number;
  /** Newest sample of the shard when it closed. */
  readonly newestMs: number;
  /** {first ref, count} of the series that the cut dropped. */
  readonly droppedRuns: Uint32Array;
}

export class HeadGenerations {
  readonly #memory: HeadMemory;
  readonly #histograms: HeadHistograms;
  readonly #closed: HeadGeneration[] = [];
  /** Views by the generation up to which they leave samples out. */
  readonly #pins = new Map<number, number>();
  /** The number of the current generation in the log. */
  #number = 1;
  #current = 1;
  #released = 0;
  #freed = 0;
  #firstSeq = 0;
  #firstRef = 0;
  #newestMs = -Infinity;
  /** Samples in the current generation. */
  sampleCount = 0;

  constructor(memory: HeadMemory, histograms: HeadHistograms) {
    this.#memory = memory;
    this.#histograms = histograms;
  }

  get number(): number {
    return this.#number;
  }

  /** The generation that takes samples. */
  get current(): number {
    return this.#current;
  }

  /** Blocks have everything up to here. */
  get released(): number {
    return this.#released;
  }

  /** Up to here the memory is given back. */
  get freed(): number {
    return this.#freed;
  }

  /** Not released, oldest first. */
  get closed(): readonly HeadGeneration[] {
    return this.#closed;
  }

  /** Generations that may have memory. */
  get inMemory(): number {
    return this.#current - this.#freed;
  }

  get oldestMs(): number {
    return Math.min(
      this.#memory.kernel.oldestTimestamp(),
      ...this.#closed.map(({ minMs }) => minMs),
    );
  }

  get newestMs(): number {
    return Math.max(this.#memory.kernel.newestTimestamp(), this.#newestMs);
  }

  /** `count` records of the log arrived, from number `seq` on. */
  noteRecords(seq: number, count: number): void {
    if (count > 0 && this.#firstSeq === 0) this.#firstSeq = seq;
  }

  /** Errors: `storage.overloaded` when too many wait for their release. */
  checkRoom(): void {
    // Views may hold released generations, which have arenas too.
    if (this.inMemory <= GENERATIONS_CLOSED_MAX) return;
    throw new EngineError(
      OVERLOADED,
      `cannot cut: got ${this.inMemory} head generations in memory, want at most ${GENERATIONS_CLOSED_MAX}`,
    );
  }

  /** Closes the current generation; the cut is record `lastSeq` and calls it `number`. */
  close(number: number, lastSeq: number, droppedRuns: Uint32Array): void {
    const { kernel } = this.#memory;
    const endRef = kernel.nextRef() >>> 0;
    // Another life may have counted further than this one.
    this.#number = Math.max(this.#number, number);
    this.#newestMs = this.newestMs;
    this.#closed.push({
      number: this.#number,
      generation: this.#current,
      firstSeq: this.#firstSeq,
      lastSeq,
      minMs: kernel.oldestTimestamp(),
      maxMs: kernel.newestTimestamp(),
      sampleCount: this.sampleCount,
      firstRef: this.#firstRef,
      endRef,
      newestMs: this.#newestMs,
      droppedRuns,
    });
    this.sampleCount = 0;
    this.#firstSeq = 0;
    this.#firstRef = endRef;
    this.#number++;
    this.#current++;
    kernel.openGeneration();
    kernel.resetTimestamps();
  }

  /** The series log knows of generations up to `number`, and of all series so far. */
  resumeAfter(number: number, newestMs: number): void {
    assert(this.#current === 1 && this.sampleCount === 0, "head generations: restored when in use");
    this.#number = Math.max(this.#number, number + 1);
    this.#newestMs = Math.max(this.#newestMs, newestMs);
    this.#firstRef = this.#memory.kernel.nextRef() >>> 0;
  }

  find(number: number): HeadGeneration {
    const found = this.#closed.find((generation) => generation.number === number);
    assert(found !== undefined, () => `head generations: ${number} is not closed, or released`);
    return found;
  }

  /** Views opened from now on leave the oldest closed generation out; returns its samples. */
  release(number: number): number {
    const oldest = this.#closed[0];
    assert(
      oldest?.number === number,
      () => `head generations: release of ${number} before ${oldest?.number}`,
    );
    this.#closed.shift();
    this.#released = oldest.generation;
    this.#memory.kernel.releaseGeneration(this.#released);
    this.#free();
    return oldest.sampleCount;
  }

  /** A view opens; returns the generation up to which it leaves samples out. */
  pin(): number {
    this.#pins.set(this.#released, (this.#pins.get(this.#released) ?? 0) + 1);
    return this.#released;
  }

  unpin(released: number): void {
    const count = this.#pins.get(released);
    assert(count !== undefined, () => `head generations: no view was opened at ${released}`);
    if (count > 1) {
      this.#pins.set(released, count - 1);
    } else {
      this.#pins.delete(released);
      this.#free();
    }
  }

  #free(): void {
    const freed = Math.min(this.#released, ...this.#pins.keys());
    if (freed <= this.#freed) return;
    this.#freed = freed;
    this.#memory.kernel.freeUpTo(freed);
    this.#histograms.freeUpTo(freed);
  }
}
