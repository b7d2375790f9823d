/**
 * A body being received into a pooled buffer. The buffer grows by classes up to the size limit and
 * goes back to the pool when the body is answered or aborted, whichever comes first.
 */
import { assert } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import type { BodySink, BodyVerdict } from "#storage/body-appender.ts";
import { OVERLOADED } from "#storage/storage-errors.ts";
import type { BodyPool } from "./body-pool.ts";

export interface PooledSinkOptions {
  readonly pool: BodyPool;
  readonly buffer: Uint8Array;
  readonly bytesMax: number;
  /** The bytes stay valid until the promise settles. */
  readonly submit: (bytes: Uint8Array) => Promise<BodyVerdict>;
}

export class PooledSink implements BodySink {
  readonly #options: PooledSinkOptions;
  #buffer: Uint8Array | null;
  #length = 0;
  #starved = false;

  constructor(options: PooledSinkOptions) {
    this.#options = options;
    this.#buffer = options.buffer;
  }

  write(chunk: Uint8Array): boolean {
    assert(this.#buffer !== null, "body sink: write after submit or abort");
    const end = this.#length + chunk.length;
    if (end > this.#options.bytesMax) return false;
    if (end > this.#buffer.length && !this.#grow(end)) return true;
    this.#buffer.set(chunk, this.#length);
    this.#length = end;
    return true;
  }

  async submit(): Promise<BodyVerdict> {
    const buffer = this.#buffer;
    assert(buffer !== null, "body sink: submitted twice");
    this.#buffer = null;
    try {
      if (this.#starved) {
        throw new EngineError(OVERLOADED, "cannot accept the body: memory for bodies is used up");
      }
      return await this.#options.submit(buffer.subarray(0, this.#length));
    } finally {
      this.#options.pool.give(buffer);
    }
  }

  abort(): void {
    if (this.#buffer === null) return;
    this.#options.pool.give(this.#buffer);
    this.#buffer = null;
  }

  /** A body without declared size outgrew its buffer. Starved bodies are read but not kept. */
  #grow(bytes: number): boolean {
    assert(this.#buffer !== null, "body sink: grow after submit");
    if (this.#starved) return false;
    const larger = this.#options.pool.take(Math.min(this.#options.bytesMax, 2 * bytes));
    if (larger === null) {
      this.#starved = true;
      return false;
    }
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#options.pool.give(this.#buffer);
    this.#buffer = larger;
    return true;
  }
}
