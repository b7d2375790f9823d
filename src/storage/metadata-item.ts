/**
 * What a sender says about one metric, as it goes from the receiver to its shard, into the log and
 * into the table, always the same bytes (`tsdb/metadata/FORMAT.md`). Texts are valid UTF-8.
 */
import { assert } from "#base/assert.ts";
import { align8 } from "#base/bytes/align8.ts";
import type { MetricMetadata } from "./metric-metadata.ts";
import { type ItemForm, splitItems } from "./split-items.ts";

const HEAD_BYTES = 8;
const TEXT_BYTES_MAX = 0xffff;

export interface MetadataParts {
  readonly type: number;
  readonly name: Uint8Array;
  readonly help: Uint8Array;
  readonly unit: Uint8Array;
}

export class MetadataItem {
  /** All of it; a view unless `owned` made it. */
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get metric(): string {
    return this.#text(HEAD_BYTES, this.#nameBytes);
  }

  /** The same over bytes of its own, to keep. */
  owned(): MetadataItem {
    return new MetadataItem(this.bytes.slice());
  }

  decode(): MetricMetadata {
    const unitBytes = this.#view.getUint16(2, true);
    const unitAt = HEAD_BYTES + this.#nameBytes;
    return {
      metric: this.metric,
      type: this.#view.getUint8(6),
      unit: this.#text(unitAt, unitBytes),
      help: this.#text(unitAt + unitBytes, this.#view.getUint16(4, true)),
    };
  }

  get #nameBytes(): number {
    return this.#view.getUint16(0, true);
  }

  #text(at: number, bytes: number): string {
    const { buffer, byteOffset } = this.bytes;
    return Buffer.from(buffer, byteOffset + at, bytes).toString("utf8");
  }
}

export function encodeMetadataItem({ type, name, help, unit }: MetadataParts): Uint8Array {
  for (const text of [name, help, unit]) {
    assert(text.length <= TEXT_BYTES_MAX, () => `metadata: got ${text.length} bytes of text`);
  }
  const bytes = new Uint8Array(align8(HEAD_BYTES + name.length + unit.length + help.length));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, name.length, true);
  view.setUint16(2, unit.length, true);
  view.setUint16(4, help.length, true);
  view.setUint8(6, type);
  bytes.set(name, HEAD_BYTES);
  bytes.set(unit, HEAD_BYTES + name.length);
  bytes.set(help, HEAD_BYTES + name.length + unit.length);
  return bytes;
}

const FORM: ItemForm<MetadataItem> = {
  one: "item",
  many: "metadata",
  headBytes: HEAD_BYTES,
  bodyBytes: (view, at) => {
    return [0, 2, 4].reduce((sum, field) => sum + view.getUint16(at + field, true), 0);
  },
  item: (bytes) => new MetadataItem(bytes),
};

/** The items of a batch or record, as views. Throws `storage.corruption`. */
export function splitMetadataItems(bytes: Uint8Array, count: number): MetadataItem[] {
  return splitItems(bytes, count, FORM);
}
