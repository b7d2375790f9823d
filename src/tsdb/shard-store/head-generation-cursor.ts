/**
 * Cursor over all samples of a closed generation, for a flush: series of every tenant in
 * (placement, fingerprint) order, with the words that a block wants to know of them.
 */
import { assert } from "#base/assert.ts";
import type { GenerationCursor, GenerationSlice } from "#storage/head-generation.ts";
import type { Head } from "../head/head.ts";
import type { HeadGeneration } from "../head/head-generations.ts";
import { HeadReader, sampleCountOf } from "../head/head-read.ts";
import { liveRefs } from "../head/live-refs.ts";
import { PlacementOrder } from "../head/placement-order.ts";
import { DECODED_PER_SLICE_MAX, SERIES_PER_SLICE_MAX } from "./head-cursor.ts";
import { SliceBuilder } from "./slice-builder.ts";
import { identifySlice } from "./slice-identity.ts";

export class HeadGenerationCursor implements GenerationCursor {
  readonly #head: Head;
  readonly #generation: HeadGeneration;
  readonly #order: PlacementOrder;
  readonly #reader: HeadReader;
  readonly #slice = new SliceBuilder();
  /** Of the slice at hand. */
  readonly #refs: number[] = [];
  #waiting = -1;
  #isClosed = false;

  constructor(head: Head, closed: HeadGeneration) {
    const { generation } = closed;
    this.#head = head;
    this.#generation = closed;
    this.#order = new PlacementOrder(head, liveRefs(head, 0, closed.endRef));
    this.#reader = new HeadReader(head, {
      minMs: -Infinity,
      maxMs: Infinity,
      after: generation - 1,
      upTo: generation,
      mark: Infinity,
    });
  }

  next(): GenerationSlice | null {
    if (this.#isClosed) return null;
    const { generations } = this.#head;
    assert(
      this.#generation.generation > generations.released,
      () => `generation cursor: ${this.#generation.number} was released`,
    );
    this.#refs.length = 0;
    this.#fill();
    if (this.#refs.length === 0 && this.#isClosed) return null;
    return identifySlice(this.#head, this.#slice.take(), this.#refs);
  }

  close(): void {
    this.#isClosed = true;
  }

  #fill(): void {
    const head = this.#head;
    const { columns } = this.#slice;
    const decodedMax = this.#reader.decoded + DECODED_PER_SLICE_MAX;
    for (let looked = 0; looked < SERIES_PER_SLICE_MAX; looked++) {
      if (this.#reader.decoded > decodedMax) return;
      const ref = this.#waiting < 0 ? this.#order.next() : this.#waiting;
      this.#waiting = -1;
      if (ref < 0) {
        this.#isClosed = true;
        return;
      }
      const { rows } = columns;
      this.#reader.read(ref, sampleCountOf(head, ref), columns);
      if (columns.rows === rows) continue;
      const { generation } = this.#generation;
      const window = { after: generation - 1, upTo: generation };
      head.histograms.collect([ref], columns, rows, window, this.#slice);
      if (!this.#slice.add(head.labelBytes(ref))) {
        this.#waiting = ref;
        return;
      }
      this.#refs.push(ref);
    }
  }
}
