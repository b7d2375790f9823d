/**
 * The groups of a leaf, found from canonical label bytes: the labels that a group keeps are bytes in
 * the order of its key, and are decoded once per group. Numbers are given in order of appearance.
 */
import { compareUtf8 } from "#base/bytes/compare-utf8.ts";
import { LabelsDecoder, textLengthAt, textLengthBytes } from "#model/canonical-labels.ts";
import { EMPTY_LABELS, type Labels, METRIC_NAME } from "#model/labels.ts";
import { METRIC_TYPE, METRIC_UNIT } from "../columns/label-edit.ts";
import type { AggregatePlan } from "../plan/plan-node.ts";

const INITIAL_SLOTS = 64;
const INITIAL_KEY_BYTES = 4096;
const FNV_PRIME = 0x0100_0193;
const FNV_BASIS = 0x811c_9dc5 | 0;

const encoder = new TextEncoder();
const NAME_BYTES = encoder.encode(METRIC_NAME);
const EXTRA_BYTES = [METRIC_TYPE, METRIC_UNIT].map((name) => encoder.encode(name));

export class LeafGroups {
  /** By number. */
  readonly labels: Labels[] = [];
  /** Of the series asked for last: its name alone. */
  nameLabels: Labels = EMPTY_LABELS;
  /** Whether it has other labels that go with the name. */
  hasMetricLabels = false;
  readonly #decoder = new LabelsDecoder();
  readonly #names: readonly Uint8Array[];
  /** Labels with these names are kept, or the others are. */
  readonly #keepsThese: boolean;
  /** Keys of all groups, one behind the other. */
  #keys = new Uint8Array(INITIAL_KEY_BYTES);
  readonly #keyStart: number[] = [0];
  readonly #hashes: number[] = [];
  /** Numbers plus one by hash, 0 where there is none. */
  #slots = new Int32Array(INITIAL_SLOTS);

  /** `isNameless` when the name is gone before the labels are looked at. */
  constructor({ grouping, without }: AggregatePlan, isNameless: boolean) {
    const names = without
      ? [METRIC_NAME, ...grouping]
      : grouping.filter((name) => !isNameless || name !== METRIC_NAME);
    this.#names = [...new Set(names)].toSorted(compareUtf8).map((name) => encoder.encode(name));
    this.#keepsThese = !without;
  }

  /** The group of the series with these canonical labels. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const from = this.#keyStart.at(-1)!;
    if (from + end - start > this.#keys.length) this.#growKeys(from + end - start);
    const keys = this.#keys;
    let to = from;
    let isNamed = false;
    this.hasMetricLabels = false;
    for (let at = start; at < end;) {
      const name = at + textLengthBytes(textLengthAt(bytes, at));
      const nameEnd = name + textLengthAt(bytes, at);
      const value = nameEnd + textLengthBytes(textLengthAt(bytes, nameEnd));
      const next = value + textLengthAt(bytes, nameEnd);
      // A name with two underscores in front: few have, and of few series.
      if (bytes[name] === NAME_BYTES[0] && bytes[name + 1] === NAME_BYTES[1]) {
        isNamed = this.#lookAt(bytes, name, nameEnd, value, next) || isNamed;
      }
      if (isAmong(this.#names, bytes, name, nameEnd) === this.#keepsThese) {
        for (let i = at; i < next; i++) keys[to++] = bytes[i]!;
      }
      at = next;
    }
    if (!isNamed) this.nameLabels = EMPTY_LABELS;
    return this.#numberOf(from, to);
  }

  /** True when it is the name of the metric. */
  #lookAt(bytes: Uint8Array, name: number, nameEnd: number, value: number, end: number): boolean {
    if (isAmong(EXTRA_BYTES, bytes, name, nameEnd)) this.hasMetricLabels = true;
    if (!isText(NAME_BYTES, bytes, name, nameEnd)) return false;
    const known = this.nameLabels[1];
    if (known?.length !== end - value || !isAscii(known, bytes, value)) {
      // The length of this name is one byte.
      this.nameLabels = this.#decoder.decode(bytes, name - 1, end);
    }
    return true;
  }

  /** Of the key in `[from, to)`, which stays there when it is new. */
  #numberOf(from: number, to: number): number {
    const keys = this.#keys;
    let hash = FNV_BASIS;
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ keys[i]!, FNV_PRIME);
    hash ^= hash >>> 15;
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const number = this.#slots[slot]! - 1;
      if (this.#hashes[number] === hash && this.#isKeyOf(number, from, to)) return number;
    }
    const number = this.labels.push(this.#decoder.decode(keys, from, to)) - 1;
    this.#keyStart.push(to);
    this.#hashes.push(hash);
    this.#slots[slot] = number + 1;
    if (2 * this.labels.length > this.#slots.length) this.#rehash();
    return number;
  }

  #isKeyOf(number: number, from: number, to: number): boolean {
    const start = this.#keyStart[number]!;
    if (this.#keyStart[number + 1]! - start !== to - from) return false;
    for (let i = from; i < to; i++)
      if (this.#keys[i] !== this.#keys[start + i - from]) return false;
    return true;
  }

  #rehash(): void {
    const slots = new Int32Array(2 * this.#slots.length);
    const mask = slots.length - 1;
    for (const [number, hash] of this.#hashes.entries()) {
      let slot = hash & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
    this.#slots = slots;
  }

  #growKeys(bytes: number): void {
    const grown = new Uint8Array(2 * bytes);
    grown.set(this.#keys);
    this.#keys = grown;
  }
}

function isAmong(
  names: readonly Uint8Array[],
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  for (const name of names) if (isText(name, bytes, start, end)) return true;
  return false;
}

function isText(text: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let i = 0; i < text.length; i++) if (text[i] !== bytes[start + i]) return false;
  return true;
}

function isAscii(text: string, bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) !== bytes[start + i] || bytes[start + i]! >= 128) return false;
  }
  return true;
}
