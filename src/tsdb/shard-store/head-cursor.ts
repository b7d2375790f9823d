/**
 * Cursor over the series of a selection, slice by slice, in (placement, fingerprint) order. Between
 * two slices the shard goes on ingesting; each sample count is taken as the view saw it.
 */
import type { SeriesSlice, ShardSelect, SliceCursor } from "#storage/read-view.ts";
import type { Head } from "../head/head.ts";
import { HeadReader, sampleCountOf } from "../head/head-read.ts";
import { PlacementOrder } from "../head/placement-order.ts";
import { sortSamples } from "../head/sort-samples.ts";
import { SliceBuilder } from "./slice-builder.ts";

/** Series looked at per slice, whether they have samples in range or not: well below 1 ms. */
export const SERIES_PER_SLICE_MAX = 8192;
/** Samples decoded per slice, whether they are in range or not: about half a millisecond. */
export const DECODED_PER_SLICE_MAX = 131_072;

/** What the view behind a cursor sees. */
export interface VisibleHead {
  /** Kernel generations after this one. */
  readonly after: number;
  /** Samples aside with lower marks. */
  readonly mark: number;
  /** Samples of `ref` in order, when the series holds `now` at present. */
  countAt(ref: number, now: number): number;
}

export class HeadCursor implements SliceCursor {
  readonly #head: Head;
  readonly #withSamples: boolean;
  readonly #visible: VisibleHead;
  readonly #order: PlacementOrder;
  readonly #reader: HeadReader;
  readonly #slice: SliceBuilder;
  readonly #isLent: boolean;
  /** Of the series in the slice at hand. */
  readonly #refs: number[] = [];
  /** Did not fit the slice before; -1 = none. */
  #waiting = -1;
  /** Refs with the labels of the series at hand: registered anew while older samples linger. */
  readonly #twins: number[] = [];
  #isClosed = false;

  /** With a `room` of the caller's, slices are views of it. */
  constructor(
    head: Head,
    refs: Uint32Array,
    request: ShardSelect,
    visible: VisibleHead,
    room: SliceBuilder | null = null,
  ) {
    this.#head = head;
    this.#slice = room ?? new SliceBuilder();
    this.#isLent = room !== null;
    this.#withSamples = request.withSamples;
    this.#visible = visible;
    this.#order = new PlacementOrder(head, refs);
    this.#reader = new HeadReader(head, {
      minMs: request.minMs,
      maxMs: request.maxMs,
      after: visible.after,
      upTo: Infinity,
      mark: visible.mark,
    });
  }

  /** Refs of the series in the slice given out last, in its order; valid until the next call. */
  get refs(): readonly number[] {
    return this.#refs;
  }

  /** A slice may be empty: then many series had no samples in range, and there are more. */
  next(): SeriesSlice | null {
    if (this.#isClosed) return null;
    this.#refs.length = 0;
    this.#fill();
    if (this.#slice.seriesCount === 0 && this.#isClosed) return null;
    return this.#isLent ? this.#slice.lend() : this.#slice.take();
  }

  close(): void {
    this.#isClosed = true;
  }

  /** Adds the next series with samples in range, as many as fit one slice. */
  #fill(): void {
    const decodedMax = this.#reader.decoded + DECODED_PER_SLICE_MAX;
    for (let looked = 0; looked < SERIES_PER_SLICE_MAX; looked++) {
      if (this.#reader.decoded > decodedMax) return;
      const ref = this.#waiting < 0 ? this.#advance() : this.#waiting;
      this.#waiting = -1;
      if (ref < 0) {
        this.#isClosed = true;
        return;
      }
      if (!this.#read(ref)) continue;
      if (!this.#slice.add(this.#head.labelBytes(ref))) {
        this.#waiting = ref;
        return;
      }
      this.#refs.push(ref);
    }
  }

  #advance(): number {
    const order = this.#order;
    const ref = order.next();
    this.#twins.length = 0;
    while (order.peek() >= 0 && this.#head.areTwins(ref, order.peek())) {
      this.#twins.push(order.next());
    }
    return ref;
  }

  /** False when the view sees no sample of the series in range. */
  #read(ref: number): boolean {
    const { columns } = this.#slice;
    const { rows } = columns;
    let has = this.#readOne(ref);
    for (const twin of this.#twins) {
      has = this.#readOne(twin) || has;
      columns.rows = sortSamples(columns.timestamps, columns.words, rows, columns.rows);
    }
    if (has && this.#withSamples) {
      const { after } = this.#visible;
      const refs = [ref, ...this.#twins];
      this.#head.histograms.collect(refs, columns, rows, { after, upTo: Infinity }, this.#slice);
    }
    return has;
  }

  #readOne(ref: number): boolean {
    const { columns } = this.#slice;
    const visible = this.#visible.countAt(ref, sampleCountOf(this.#head, ref));
    if (!this.#withSamples) return this.#reader.hasSamples(ref, visible, columns);
    const { rows } = columns;
    this.#reader.read(ref, visible, columns);
    return columns.rows > rows;
  }
}
