/**
 * Labels and postings of a block in memory, as views of its sections: no object per label. Numbers
 * inside the sections are checked where they are followed; the checksums were checked before.
 */
import { textLengthAt, textLengthBytes } from "#model/canonical-labels.ts";
import type { TenantId } from "#model/refs.ts";
import type { LabelIndex } from "../index/label-index.ts";
import { blockDamage } from "./block-errors.ts";
import { decodePostings } from "./postings-codec.ts";
import { SectionReader } from "./section-columns.ts";

const NO_SERIES = new Uint32Array(0);
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

export class BlockLabels {
  readonly #path: string;
  readonly #seriesCount: number;
  readonly #tenants: Uint32Array;
  readonly #tenantNames: Uint32Array;
  readonly #nameText: Uint32Array;
  readonly #namePairs: Uint32Array;
  readonly #valueText: Uint32Array;
  readonly #texts: Uint8Array;
  readonly #postingStart: Uint32Array;
  readonly #postings: Uint8Array;

  constructor(
    path: string,
    seriesCount: number,
    labels: Uint8Array<ArrayBuffer>,
    postings: Uint8Array<ArrayBuffer>,
  ) {
    this.#path = path;
    this.#seriesCount = seriesCount;
    const reader = new SectionReader(path, labels);
    const [tenantCount, nameCount, pairCount, textBytes] = reader.u32(4);
    this.#tenants = reader.u32(tenantCount!);
    this.#tenantNames = reader.u32(tenantCount! + 1);
    this.#nameText = reader.u32(nameCount!);
    this.#namePairs = reader.u32(nameCount! + 1);
    this.#valueText = reader.u32(pairCount!);
    this.#texts = reader.bytes(textBytes!);
    const lists = new SectionReader(path, postings);
    const [listCount, listBytes] = lists.u32(2);
    if (listCount !== pairCount) {
      throw blockDamage(path, `posting lists got ${listCount}, want ${pairCount}`);
    }
    this.#postingStart = lists.u32(pairCount! + 1);
    this.#postings = lists.bytes(listBytes!);
  }

  get pairCount(): number {
    return this.#valueText.length;
  }

  /** The index of a tenant; null when the block has no series of it. */
  tenantIndex(tenant: TenantId): BlockTenantIndex | null {
    const at = this.#tenants.indexOf(tenant);
    return at < 0
      ? null
      : new BlockTenantIndex(this, this.#tenantNames[at]!, this.#tenantNames[at + 1]!);
  }

  get tenants(): readonly number[] {
    return [...this.#tenants];
  }

  /** The tenant that pair `pair`, the first one of a series, belongs to. */
  tenantOfPair(pair: number): TenantId {
    for (let i = 0; i < this.#tenants.length; i++) {
      if (this.pairsOf(this.#tenantNames[i]!) === pair) return this.#tenants[i] as TenantId;
    }
    throw blockDamage(this.#path, `tenant of label pair got ${pair}, want a first one`);
  }

  /** Number of the name that `pair` carries. */
  nameOfPair(pair: number): number {
    let low = 0;
    let high = this.#nameText.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#namePairs[middle]! <= pair) low = middle;
      else high = middle;
    }
    return low;
  }

  /** First pair of a name; for the count of names, the count of pairs. */
  pairsOf(name: number): number {
    return this.#namePairs[name]!;
  }

  nameAt(name: number): string {
    return this.#text(this.#nameText[name]!);
  }

  valueAt(pair: number): string {
    return this.#text(this.#valueText[pair]!);
  }

  /** Canonical bytes (length, text) of a name or value. */
  nameBytes(name: number): Uint8Array {
    return this.#textBytes(this.#nameText[name]!);
  }

  valueBytes(pair: number): Uint8Array {
    return this.#textBytes(this.#valueText[pair]!);
  }

  postings(pair: number): Uint32Array {
    const start = this.#postingStart[pair]!;
    const end = this.#postingStart[pair + 1]!;
    if (start > end || end > this.#postings.length) {
      throw blockDamage(this.#path, `postings of pair ${pair} got ${start} to ${end}`);
    }
    return decodePostings(this.#path, this.#postings, start, end, this.#seriesCount);
  }

  #text(at: number): string {
    const bytes = this.#textBytes(at);
    return decoder.decode(bytes.subarray(textLengthBytes(textLengthAt(bytes, 0))));
  }

  #textBytes(at: number): Uint8Array {
    const length = textLengthAt(this.#texts, at);
    const end = at + textLengthBytes(length) + length;
    // Also false when the length itself lies outside.
    if (end <= this.#texts.length) return this.#texts.subarray(at, end);
    throw blockDamage(this.#path, `label text got ${at} to ${end} of ${this.#texts.length} bytes`);
  }
}

/** Names `[firstName, endName)` of a block: those of one tenant. The first is "all series". */
export class BlockTenantIndex implements LabelIndex {
  readonly #labels: BlockLabels;
  readonly #firstName: number;
  readonly #endName: number;

  constructor(labels: BlockLabels, firstName: number, endName: number) {
    this.#labels = labels;
    this.#firstName = firstName;
    this.#endName = endName;
  }

  allRefs(): Uint32Array {
    return this.#labels.postings(this.#labels.pairsOf(this.#firstName));
  }

  refsOf(name: string, value: string): Uint32Array {
    const found = this.#find(name);
    if (found < 0) return NO_SERIES;
    const want = encoder.encode(value);
    let low = this.#labels.pairsOf(found);
    let high = this.#labels.pairsOf(found + 1);
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = compareText(this.#labels.valueBytes(middle), want);
      if (order === 0) return this.#labels.postings(middle);
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return NO_SERIES;
  }

  refsWhere(name: string, test: (value: string) => boolean): readonly Uint32Array[] {
    const found = this.#find(name);
    if (found < 0) return [];
    const lists: Uint32Array[] = [];
    const end = this.#labels.pairsOf(found + 1);
    for (let pair = this.#labels.pairsOf(found); pair < end; pair++) {
      if (test(this.#labels.valueAt(pair))) lists.push(this.#labels.postings(pair));
    }
    return lists;
  }

  /** In byte order. */
  labelNames(): readonly string[] {
    const names: string[] = [];
    for (let name = this.#firstName + 1; name < this.#endName; name++) {
      names.push(this.#labels.nameAt(name));
    }
    return names;
  }

  /** In byte order. */
  labelValues(name: string): readonly string[] {
    const found = this.#find(name);
    if (found < 0) return [];
    const values: string[] = [];
    const end = this.#labels.pairsOf(found + 1);
    for (let pair = this.#labels.pairsOf(found); pair < end; pair++) {
      values.push(this.#labels.valueAt(pair));
    }
    return values;
  }

  /** Number of the name, or -1. */
  #find(name: string): number {
    if (name === "") return -1;
    const want = encoder.encode(name);
    let low = this.#firstName;
    let high = this.#endName;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = compareText(this.#labels.nameBytes(middle), want);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return -1;
  }
}

/** Order of a text with its length in front and plain bytes. */
function compareText(text: Uint8Array, want: Uint8Array): number {
  const start = textLengthBytes(textLengthAt(text, 0));
  const shared = Math.min(text.length - start, want.length);
  for (let i = 0; i < shared; i++) {
    if (text[start + i] !== want[i]) return text[start + i]! - want[i]!;
  }
  return text.length - start - want.length;
}
