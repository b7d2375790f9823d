/**
 * Label sets of several blocks as slices without samples, each set once. What was given out is
 * remembered as text, so memory follows the answer.
 */
import type { SliceReader } from "#storage/block-reads.ts";
import type { SeriesSlice } from "#storage/read-view.ts";
import { SliceBuilder } from "../shard-store/slice-builder.ts";

/** Calls back with the labels of each series of a block. */
export type ListBlock = (each: (labels: Uint8Array) => void) => Promise<void>;

/** Maps bytes to text one to one. */
const decoder = new TextDecoder("latin1");

export class ListedSlices implements SliceReader {
  readonly #blocks: ListBlock[];
  readonly #seen = new Set<string>();
  #slice = new SliceBuilder();
  #ready: SeriesSlice[] = [];

  constructor(blocks: readonly ListBlock[]) {
    this.#blocks = [...blocks];
  }

  async next(): Promise<SeriesSlice | null> {
    for (;;) {
      const slice = this.#ready.shift();
      if (slice !== undefined) return slice;
      const list = this.#blocks.shift();
      if (list === undefined) return null;
      await list((labels) => this.#add(labels));
      if (this.#slice.seriesCount > 0) this.#ready.push(this.#slice.take());
    }
  }

  infos(): readonly string[] {
    return [];
  }

  close(): void {
    this.#blocks.length = 0;
    this.#ready = [];
    this.#seen.clear();
  }

  #add(labels: Uint8Array): void {
    const { size } = this.#seen;
    // Windows-1252 in truth, which is one to one as well.
    this.#seen.add(decoder.decode(labels));
    if (this.#seen.size === size || this.#slice.add(labels)) return;
    this.#ready.push(this.#slice.take());
    this.#slice.add(labels);
  }
}
