/** A head cursor whose slices are views of a room that outlives it, with the placements of series. */
import type { GenerationCursor, GenerationSlice } from "#storage/head-generation.ts";
import type { Head } from "../head/head.ts";
import type { HeadCursor } from "./head-cursor.ts";
import type { SliceBuilder } from "./slice-builder.ts";
import { identifySlice } from "./slice-identity.ts";

export class LentCursor implements GenerationCursor {
  /** For the next cursor, when this one is read. */
  readonly room: SliceBuilder;
  readonly #head: Head;
  readonly #cursor: HeadCursor | null;

  /** Without a cursor it has nothing. */
  constructor(head: Head, cursor: HeadCursor | null, room: SliceBuilder) {
    this.#head = head;
    this.#cursor = cursor;
    this.room = room;
  }

  next(): GenerationSlice | null {
    const slice = this.#cursor?.next() ?? null;
    return slice === null ? null : identifySlice(this.#head, slice, this.#cursor!.refs);
  }

  close(): void {
    this.#cursor?.close();
  }
}
