/** A byte array with a size that may grow by doubling; everything beyond the size reads as zero. */
const CAPACITY_FIRST = 1024;

export class GrowingBytes {
  size = 0;
  #bytes: Uint8Array = new Uint8Array(0);

  static of(bytes: Uint8Array): GrowingBytes {
    const made = new GrowingBytes();
    made.write(bytes, 0);
    return made;
  }

  /** Fills `into` from `offset`, with zeros beyond the end; returns the bytes inside the size. */
  read(into: Uint8Array, offset: number): number {
    const count = Math.max(0, Math.min(into.length, this.size - offset));
    into.fill(0);
    into.set(this.#bytes.subarray(offset, offset + count));
    return count;
  }

  write(bytes: Uint8Array, offset: number): void {
    if (offset + bytes.length > this.size) this.resize(offset + bytes.length);
    this.#bytes.set(bytes, offset);
  }

  resize(size: number): void {
    if (size > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(size, 2 * this.#bytes.length, CAPACITY_FIRST));
      grown.set(this.#bytes.subarray(0, this.size));
      this.#bytes = grown;
    } else if (size < this.size) {
      this.#bytes.fill(0, size, this.size);
    }
    this.size = size;
  }

  /** A view of the content, valid until the next change. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.size);
  }

  clone(): GrowingBytes {
    const copy = new GrowingBytes();
    copy.#bytes = this.#bytes.slice(0, this.size);
    copy.size = this.size;
    return copy;
  }
}
