/**
 * Cursor over the series of a selection, slice by slice, in (placement, fingerprint) order. Between
 * two slices the shard goes on ingesting; each sample count is taken as the view saw it.
 */
import { SERIES_LABEL_BYTES } from "#kernels/layout/head-layout.ts";
import {
  SLICE_BYTES_MAX,
  type SeriesSlice,
  type ShardSelect,
  type SliceCursor,
} from "#storage/read-view.ts";
import type { Head } from "../head/head.ts";
import { copySamples, countSamples, isOutOfOrder, sampleCountOf } from "../head/head-read.ts";
import { PlacementOrder } from "../head/placement-order.ts";
import { sortSamples } from "../head/sort-samples.ts";

/** Series looked at per slice, whether they have samples in range or not: well below 1 ms. */
const SERIES_PER_SLICE_MAX = 8192;
/** Timestamp and value. */
const SAMPLE_SLICE_BYTES = 16;
/** One entry of `labelStart` and of `sampleStart`. */
const SERIES_SLICE_BYTES = 8;

/** Samples of `ref` that the view sees, when the series holds `now` at present. */
export type CountAtView = (ref: number, now: number) => number;

interface ChosenSeries {
  readonly ref: number;
  readonly visible: number;
  /** Samples in range. */
  readonly samples: number;
  readonly labelBytes: number;
}

export class HeadCursor implements SliceCursor {
  readonly #head: Head;
  readonly #request: ShardSelect;
  readonly #countAtView: CountAtView;
  readonly #order: PlacementOrder;
  /** Did not fit the slice before. */
  #waiting: ChosenSeries | null = null;
  #isClosed = false;

  constructor(head: Head, refs: Uint32Array, request: ShardSelect, countAtView: CountAtView) {
    this.#head = head;
    this.#request = request;
    this.#countAtView = countAtView;
    this.#order = new PlacementOrder(head, refs);
  }

  /** A slice may be empty: then many series had no samples in range, and there are more. */
  next(): SeriesSlice | null {
    if (this.#isClosed) return null;
    const chosen = this.#choose();
    return chosen.length === 0 && this.#isClosed ? null : this.#copy(chosen);
  }

  close(): void {
    this.#isClosed = true;
  }

  /** The next series with samples in range, as many as fit one slice. */
  #choose(): ChosenSeries[] {
    const chosen: ChosenSeries[] = [];
    let bytes = 0;
    for (let looked = 0; looked < SERIES_PER_SLICE_MAX; looked++) {
      let series = this.#waiting;
      this.#waiting = null;
      if (series === null) {
        const ref = this.#order.next();
        if (ref < 0) {
          this.#isClosed = true;
          break;
        }
        series = this.#inRange(ref);
        if (series === null) continue;
      }
      bytes += series.samples * SAMPLE_SLICE_BYTES + series.labelBytes + SERIES_SLICE_BYTES;
      if (chosen.length > 0 && bytes > SLICE_BYTES_MAX) {
        this.#waiting = series;
        break;
      }
      chosen.push(series);
    }
    return chosen;
  }

  /** Null when the view sees no sample of the series in range. */
  #inRange(ref: number): ChosenSeries | null {
    const head = this.#head;
    const request = this.#request;
    const visible = this.#countAtView(ref, sampleCountOf(head, ref));
    const enough = request.withSamples ? visible : 1;
    const samples = countSamples(head, ref, visible, request, enough);
    if (samples === 0) return null;
    const labelBytes = head.memory.u32[head.recordWord(ref) + SERIES_LABEL_BYTES / 4]!;
    return { ref, visible, samples: request.withSamples ? samples : 0, labelBytes };
  }

  #copy(chosen: readonly ChosenSeries[]): SeriesSlice {
    const head = this.#head;
    let labelEnd = 0;
    let sampleEnd = 0;
    for (const { labelBytes, samples } of chosen) {
      labelEnd += labelBytes;
      sampleEnd += samples;
    }
    const labelStart = new Uint32Array(chosen.length + 1);
    const sampleStart = new Uint32Array(chosen.length + 1);
    const labelBytes = new Uint8Array(labelEnd);
    const timestamps = new Float64Array(sampleEnd);
    const values = new Float64Array(sampleEnd);
    const words = new Uint32Array(values.buffer);
    let row = 0;
    for (const [i, { ref, visible, samples, labelBytes: bytes }] of chosen.entries()) {
      labelBytes.set(head.labelBytes(ref), labelStart[i]);
      labelStart[i + 1] = labelStart[i]! + bytes;
      if (samples > 0) {
        const start = row;
        row = copySamples(head, ref, visible, this.#request, timestamps, words, start);
        if (isOutOfOrder(head, ref)) row = sortSamples(timestamps, words, start, row);
      }
      sampleStart[i + 1] = row;
    }
    const isExact = row === sampleEnd;
    return {
      seriesCount: chosen.length,
      labelStart,
      labelBytes,
      sampleStart,
      // Repeated times were dropped: the rows behind the last are nobody's.
      timestamps: isExact ? timestamps : timestamps.slice(0, row),
      values: isExact ? values : values.slice(0, row),
    };
  }
}
