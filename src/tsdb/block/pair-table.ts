/**
 * Interns (tenant, label) pairs while a block is written: a hash table over the canonical bytes of
 * each pair, no string per label. Numbers are given in order of arrival; `order` tells the order in
 * which the block lists them: by tenant, bytes of the name, bytes of the value.
 */
import { textLengthAt, textLengthBytes } from "#model/canonical-labels.ts";

const INITIAL_PAIRS = 1024;
const INITIAL_BYTES: number = 64 * 1024;

export class PairTable {
  /** Pair `i` is `bytes[start[i], start[i + 1])`: length + name, length + value. */
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(INITIAL_BYTES);
  start: Uint32Array<ArrayBuffer> = new Uint32Array(INITIAL_PAIRS + 1);
  tenants: Uint32Array<ArrayBuffer> = new Uint32Array(INITIAL_PAIRS);
  /** Bytes of the name in front of each pair, its length included. */
  nameBytes: Uint32Array<ArrayBuffer> = new Uint32Array(INITIAL_PAIRS);
  count = 0;
  #hashes: Uint32Array<ArrayBuffer> = new Uint32Array(INITIAL_PAIRS);
  /** Pair number + 1, 0 = free; at most half full. */
  #slots: Uint32Array<ArrayBuffer> = new Uint32Array(4 * INITIAL_PAIRS);

  /** Number of the pair `source[from, to)` of `tenant`. */
  intern(tenant: number, source: Uint8Array, from: number, to: number): number {
    const hash = hashOf(tenant, source, from, to);
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let held = this.#slots[slot]!; held !== 0; held = this.#slots[slot]!) {
      const pair = held - 1;
      if (this.#hashes[pair] === hash && this.#isSame(pair, tenant, source, from, to)) return pair;
      slot = (slot + 1) & mask;
    }
    return this.#add(hash, slot, tenant, source, from, to);
  }

  /** Pair numbers in the order of the block. */
  order(): Uint32Array<ArrayBuffer> {
    const order = new Uint32Array(this.count);
    for (let i = 0; i < order.length; i++) order[i] = i;
    return order.sort((a, b) => this.#compare(a, b));
  }

  #compare(a: number, b: number): number {
    const byTenant = this.tenants[a]! - this.tenants[b]!;
    if (byTenant !== 0) return byTenant;
    const nameEndA = this.start[a]! + this.nameBytes[a]!;
    const nameEndB = this.start[b]! + this.nameBytes[b]!;
    return (
      compareTexts(this.bytes, this.start[a]!, nameEndA, this.start[b]!, nameEndB) ||
      compareTexts(this.bytes, nameEndA, this.start[a + 1]!, nameEndB, this.start[b + 1]!)
    );
  }

  #isSame(pair: number, tenant: number, source: Uint8Array, from: number, to: number): boolean {
    const start = this.start[pair]!;
    if (this.tenants[pair] !== tenant || this.start[pair + 1]! - start !== to - from) return false;
    const { bytes } = this;
    for (let i = from, at = start; i < to; i++, at++) if (bytes[at] !== source[i]) return false;
    return true;
  }

  #add(
    hash: number,
    slot: number,
    tenant: number,
    source: Uint8Array,
    from: number,
    to: number,
  ): number {
    const pair = this.count++;
    const start = this.start[pair]!;
    const length = to - from;
    if (start + length > this.bytes.length) {
      this.bytes = grown(this.bytes, Math.max(2 * this.bytes.length, start + length));
    }
    for (let i = 0; i < length; i++) this.bytes[start + i] = source[from + i]!;
    this.start[pair + 1] = start + length;
    this.tenants[pair] = tenant;
    const nameLength = textLengthAt(source, from);
    this.nameBytes[pair] = textLengthBytes(nameLength) + nameLength;
    this.#hashes[pair] = hash;
    this.#slots[slot] = pair + 1;
    if (this.count === this.tenants.length) this.#grow();
    return pair;
  }

  #grow(): void {
    const size = 2 * this.count;
    this.start = grownWords(this.start, size + 1);
    this.tenants = grownWords(this.tenants, size);
    this.nameBytes = grownWords(this.nameBytes, size);
    this.#hashes = grownWords(this.#hashes, size);
    const slots = new Uint32Array(4 * size);
    const mask = slots.length - 1;
    for (let pair = 0; pair < this.count; pair++) {
      let slot = this.#hashes[pair]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = pair + 1;
    }
    this.#slots = slots;
  }
}

/** Order of two texts with their lengths in front: bytes first, the shorter one first. */
function compareTexts(
  bytes: Uint8Array,
  startA: number,
  endA: number,
  startB: number,
  endB: number,
): number {
  let a = startA + textLengthBytes(textLengthAt(bytes, startA));
  let b = startB + textLengthBytes(textLengthAt(bytes, startB));
  for (; a < endA && b < endB; a++, b++) {
    if (bytes[a] !== bytes[b]) return bytes[a]! - bytes[b]!;
  }
  return endA - a - (endB - b);
}

function hashOf(tenant: number, source: Uint8Array, from: number, to: number): number {
  let hash = tenant ^ 0x9e37_79b9;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ source[i]!, 0x0100_0193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x85eb_ca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

function grown(bytes: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer> {
  const next = new Uint8Array(size);
  next.set(bytes);
  return next;
}

function grownWords(words: Uint32Array<ArrayBuffer>, size: number): Uint32Array<ArrayBuffer> {
  const next = new Uint32Array(size);
  next.set(words);
  return next;
}
