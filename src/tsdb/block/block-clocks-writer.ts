/** Gathers the clocks that pages of a block share; each is there once among its neighbours. */
import type { ClockStore } from "#chunk/shared-clocks.ts";
import { SectionWriter } from "./section-columns.ts";
import { WordList } from "./word-list.ts";

/** Series come target by target: one that is not among the last few will not come again. */
const CLOCKS_COMPARED = 8;

export class BlockClocksWriter implements ClockStore {
  readonly #clocks: Uint8Array[] = [];
  readonly #ends = new WordList();
  #end = 0;

  get count(): number {
    return this.#clocks.length;
  }

  add(encoded: Uint8Array): number {
    const last = this.#clocks.length - 1;
    for (let i = last; i >= 0 && i > last - CLOCKS_COMPARED; i--) {
      if (isSame(this.#clocks[i]!, encoded)) return i;
    }
    this.#end += encoded.length;
    this.#ends.push(this.#end);
    return this.#clocks.push(encoded.slice()) - 1;
  }

  /** The section. */
  finish(): Uint8Array<ArrayBuffer> {
    const section = new SectionWriter();
    section.u32(this.#clocks.length, this.#end);
    section.column(this.#ends.words());
    const bytes = new Uint8Array(this.#end);
    let at = 0;
    for (const clock of this.#clocks) {
      bytes.set(clock, at);
      at += clock.length;
    }
    section.column(bytes);
    return section.written();
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
