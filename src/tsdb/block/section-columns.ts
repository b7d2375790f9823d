/**
 * Sections of a block are columns one behind another, each beginning on a multiple of eight bytes,
 * so that a section in memory is read through views and nothing is unpacked.
 */
import { ByteWriter } from "#base/bytes/byte-writer.ts";
import { blockDamage } from "./block-errors.ts";

/** An index of 4M series with ten labels each stays below; bounds a reader's allocation. */
export const SECTION_BYTES_MAX: number = 2 ** 30;

export class SectionWriter {
  readonly #writer: ByteWriter = new ByteWriter({ bytesMax: SECTION_BYTES_MAX });

  u32(...fields: readonly number[]): void {
    for (const field of fields) this.#writer.u32(field);
    this.#writer.align(8);
  }

  column(values: Uint32Array | Float64Array | Uint8Array): void {
    this.#writer.bytes(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    this.#writer.align(8);
  }

  /** A view, valid until the writer is used again. */
  written(): Uint8Array<ArrayBuffer> {
    return this.#writer.written();
  }
}

/** Hands out views of a section's bytes, which begin on a multiple of eight. */
export class SectionReader {
  readonly #path: string;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #offset = 0;

  constructor(path: string, bytes: Uint8Array<ArrayBuffer>) {
    this.#path = path;
    this.#bytes = bytes;
  }

  u32(count: number): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.#bytes.buffer, this.#take(4 * count), count);
  }

  f64(count: number): Float64Array<ArrayBuffer> {
    return new Float64Array(this.#bytes.buffer, this.#take(8 * count), count);
  }

  bytes(count: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#bytes.buffer, this.#take(count), count);
  }

  #take(byteCount: number): number {
    const start = this.#offset;
    const room = this.#bytes.length - start;
    if (byteCount > room) {
      throw blockDamage(this.#path, `section column got ${room} bytes, want ${byteCount}`);
    }
    this.#offset = Math.min(start + byteCount + (-byteCount & 7), this.#bytes.length);
    return this.#bytes.byteOffset + start;
  }
}
