/** A head cursor whose slices also tell the identities of their series, so that they can be merged. */
import type { GenerationCursor, GenerationSlice } from "#storage/head-generation.ts";
import type { Head } from "../head/head.ts";
import type { HeadCursor } from "./head-cursor.ts";
import { identifySlice } from "./slice-identity.ts";

export class IdentifiedCursor implements GenerationCursor {
  readonly #head: Head;
  readonly #cursor: HeadCursor;

  constructor(head: Head, cursor: HeadCursor) {
    this.#head = head;
    this.#cursor = cursor;
  }

  next(): GenerationSlice | null {
    const slice = this.#cursor.next();
    return slice === null ? null : identifySlice(this.#head, slice, this.#cursor.refs);
  }

  close(): void {
    this.#cursor.close();
  }
}
