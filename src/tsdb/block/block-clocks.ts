/** The clocks that pages of a block share, as views of their section. */
import type { ClockSource } from "#chunk/shared-clocks.ts";
import { blockDamage } from "./block-errors.ts";
import { SectionReader } from "./section-columns.ts";

export class BlockClocks implements ClockSource {
  readonly #ends: Uint32Array;
  readonly #bytes: Uint8Array;

  constructor(path: string, section: Uint8Array<ArrayBuffer>) {
    const reader = new SectionReader(path, section);
    const [count, bytes] = reader.u32(2);
    this.#ends = reader.u32(count!);
    this.#bytes = reader.bytes(bytes!);
    for (let i = 0; i < count!; i++) {
      if (this.#ends[i]! <= bytes! && this.#ends[i]! >= (this.#ends[i - 1] ?? 0)) continue;
      throw blockDamage(path, `clock ${i} ends at ${this.#ends[i]} of ${bytes}`);
    }
  }

  bytesOf(number: number): Uint8Array | null {
    if (number >= this.#ends.length) return null;
    return this.#bytes.subarray(this.#ends[number - 1] ?? 0, this.#ends[number]);
  }
}
