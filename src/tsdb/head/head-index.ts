/**
 * The index of one tenant's series in a head: label -> refs, names and values. A view over the
 * kernel's entries; make one per question. Refs may be those of dropped series, which readers pass
 * over, because they hold no samples.
 */
import { assert } from "#base/assert.ts";
import { varintBytes, writeVarint } from "#base/bytes/varint.ts";
import {
  ENTRY_BLOCK,
  ENTRY_BLOCK_USED,
  ENTRY_CHILD,
  ENTRY_LAST_BLOCK,
  ENTRY_LAST_REF,
  ENTRY_NEXT,
  ENTRY_REFS,
  ENTRY_TEXT,
  ENTRY_TEXT_BYTES,
} from "#kernels/layout/head-layout.ts";
import { LABEL_TEXT_BYTES_MAX, textLengthAt, textLengthBytes } from "#model/canonical-labels.ts";
import type { TenantId } from "#model/refs.ts";
import type { LabelIndex } from "../index/label-index.ts";
import { decodeRefs } from "./decode-refs.ts";
import type { Head } from "./head.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const NO_REFS = new Uint32Array(0);

export class HeadIndex implements LabelIndex {
  readonly #head: Head;
  readonly #tenant: TenantId;

  constructor(head: Head, tenant: TenantId) {
    this.#head = head;
    this.#tenant = tenant;
  }

  allRefs(): Uint32Array {
    return this.#refs(this.#find([]));
  }

  refsOf(name: string, value: string): Uint32Array {
    return this.#refs(this.#find([name, value]));
  }

  refsWhere(name: string, test: (value: string) => boolean): readonly Uint32Array[] {
    const lists: Uint32Array[] = [];
    this.#eachChild(this.#find([name]), (entry) => {
      if (test(this.#lastText(entry))) lists.push(this.#refs(entry));
    });
    return lists;
  }

  labelNames(): readonly string[] {
    return this.#childTexts([]);
  }

  labelValues(name: string): readonly string[] {
    return this.#childTexts([name]);
  }

  /**
   * At most `max` values of `name` behind `last` (null: from the first), each with the number of its
   * series. Nothing when `last` is gone. Series that were dropped lately may still be counted.
   */
  countsAfter(
    name: string,
    last: string | null,
    max: number,
  ): { values: readonly string[]; seriesCounts: Uint32Array } {
    const { memory } = this.#head;
    const start = this.#find(last === null ? [name] : [name, last]);
    const next = last === null ? ENTRY_CHILD : ENTRY_NEXT;
    const values: string[] = [];
    const counts: number[] = [];
    let entry = start === 0 ? 0 : memory.u32[start + next / 4]! >>> 2;
    while (entry !== 0 && values.length < max) {
      values.push(this.#lastText(entry));
      counts.push(memory.u32[entry + ENTRY_REFS / 4]!);
      entry = memory.u32[entry + ENTRY_NEXT / 4]! >>> 2;
    }
    return { values, seriesCounts: Uint32Array.from(counts) };
  }

  #childTexts(path: readonly string[]): readonly string[] {
    const texts: string[] = [];
    this.#eachChild(this.#find(path), (entry) => texts.push(this.#lastText(entry)));
    return texts;
  }

  /** Index of the entry in `memory.u32`; 0 when nobody has it. */
  #find(texts: readonly string[]): number {
    const { memory } = this.#head;
    const key = keyOf(texts);
    // Longer texts are in no series.
    if (key === null) return 0;
    memory.reserve(memory.scratchRoom(key.length));
    const scratch = memory.scratch(key.length);
    memory.u8.set(key, scratch);
    return memory.kernel.indexEntry(this.#tenant, scratch, key.length) >>> 2;
  }

  #eachChild(entry: number, visit: (child: number) => void): void {
    const { u32 } = this.#head.memory;
    if (entry === 0) return;
    let child = u32[entry + ENTRY_CHILD / 4]! >>> 2;
    while (child !== 0) {
      visit(child);
      child = u32[child + ENTRY_NEXT / 4]! >>> 2;
    }
  }

  /** The value of a label, the name of a name. */
  #lastText(entry: number): string {
    const { u8, u32 } = this.#head.memory;
    let at = u32[entry + ENTRY_TEXT / 4]!;
    const end = at + u32[entry + ENTRY_TEXT_BYTES / 4]!;
    for (;;) {
      const length = textLengthAt(u8, at);
      const start = at + textLengthBytes(length);
      at = start + length;
      assert(at <= end, "head index: text ends outside its entry");
      if (at === end) return decoder.decode(u8.subarray(start, end));
    }
  }

  #refs(entry: number): Uint32Array {
    if (entry === 0) return NO_REFS;
    const { u8, u32 } = this.#head.memory;
    const count = u32[entry + ENTRY_REFS / 4]!;
    if (count === 1) return Uint32Array.of(u32[entry + ENTRY_LAST_REF / 4]!);
    const lastBlock = u32[entry + ENTRY_LAST_BLOCK / 4]!;
    const used = u32[entry + ENTRY_BLOCK_USED / 4]! & 0xffff;
    return decodeRefs(u8, u32, count, u32[entry + ENTRY_BLOCK / 4]!, lastBlock + used);
  }
}

/** The text of an entry: each length and text; null when one is too long for a label. */
function keyOf(texts: readonly string[]): Uint8Array | null {
  const encoded = texts.map((text) => encoder.encode(text));
  if (encoded.some(({ length }) => length > LABEL_TEXT_BYTES_MAX)) return null;
  const size = encoded.reduce((sum, { length }) => sum + varintBytes(length) + length, 0);
  const key = new Uint8Array(size);
  let at = 0;
  for (const text of encoded) {
    at = writeVarint(key, at, text.length);
    key.set(text, at);
    at += text.length;
  }
  return key;
}
