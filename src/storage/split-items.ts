/**
 * Cuts a run of items that carry their own sizes, as batches and log records hold exemplars and
 * metadata. Views, not copies. Used by the codecs of such items alone.
 */
import { align8 } from "#base/bytes/align8.ts";
import { EngineError } from "#base/engine-error.ts";
import { CORRUPTION } from "./storage-errors.ts";

export interface ItemForm<Item> {
  /** One and many, for errors. */
  readonly one: string;
  readonly many: string;
  /** Of the part that says how long the rest is. */
  readonly headBytes: number;
  /** Bytes behind the head at `at`, without padding. */
  readonly bodyBytes: (view: DataView, at: number) => number;
  readonly item: (bytes: Uint8Array) => Item;
}

/** Throws `storage.corruption` unless `bytes` are exactly `count` items. */
export function splitItems<Item>(bytes: Uint8Array, count: number, form: ItemForm<Item>): Item[] {
  const { one, headBytes } = form;
  const items: Item[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (bytes.length - at < headBytes) throw malformed(form.many, `ends inside ${one} ${i}`);
    const size = align8(headBytes + form.bodyBytes(view, at));
    if (size > bytes.length - at) throw malformed(form.many, `${one} ${i} claims ${size} bytes`);
    items.push(form.item(bytes.subarray(at, at + size)));
    at += size;
  }
  if (at !== bytes.length) throw malformed(form.many, `${bytes.length - at} bytes follow ${count}`);
  return items;
}

function malformed(many: string, cause: string): EngineError {
  return new EngineError(CORRUPTION, `cannot decode ${many}: ${cause}`);
}
