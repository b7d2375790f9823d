/**
 * The linear memory of one shard head and its views. It starts small and grows only in `reserve`,
 * which makes the views anew: never keep a view across a call that may reserve. Dropping the owner
 * frees the memory.
 *
 * What is reserved is the worst case of a call and costs address space only; the budget counts what
 * is in use.
 */
import { assert } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import { HEAD_HEAP_BASE } from "#kernels/layout/head-layout.ts";
import { instantiateHead, type HeadKernel } from "#kernels/head-kernel.ts";
import { OVERLOADED } from "#storage/storage-errors.ts";

const WASM_PAGE_BYTES = 65_536;
/** What 32-bit addresses reach. */
export const HEAD_BYTES_LIMIT: number = 65_536 * WASM_PAGE_BYTES;
/** Growing makes new views and asks the kernel of the machine: not for every few pages. */
const GROWTH_BYTES_MIN = 256 * 1024;
/** Then an eighth more each time, so growing stays rare and waste stays small. */
const GROWTH_FRACTION = 8;
/** Unused at the end: decoding may look a few bytes too far, and 4 GiB must still be a u32. */
const END_BYTES = 64;

export class HeadMemory {
  readonly kernel: HeadKernel;
  readonly #memory: WebAssembly.Memory;
  readonly #bytesMax: number;
  u8!: Uint8Array<ArrayBuffer>;
  u32!: Uint32Array<ArrayBuffer>;
  f64!: Float64Array<ArrayBuffer>;
  /** Kept for the head outside of the linear memory; the budget counts it too. */
  besideBytes = 0;
  #scratch = 0;
  #scratchBytes = 0;

  constructor(module: WebAssembly.Module, bytesMax: number) {
    assert(
      bytesMax >= WASM_PAGE_BYTES && bytesMax <= HEAD_BYTES_LIMIT,
      () => `head memory: got a limit of ${bytesMax} bytes, want 64 KiB to 4 GiB`,
    );
    this.#bytesMax = bytesMax;
    this.#memory = new WebAssembly.Memory({
      initial: 1,
      maximum: HEAD_BYTES_LIMIT / WASM_PAGE_BYTES,
    });
    this.kernel = instantiateHead(module, this.#memory);
    assert(this.usedBytes === HEAD_HEAP_BASE, () => `head memory: heap at ${this.usedBytes}`);
    this.#renewViews();
  }

  get usedBytes(): number {
    return this.kernel.usedBytes() >>> 0;
  }

  /** Highest address ever in use: what the machine has had to provide. */
  get reservedBytes(): number {
    return this.kernel.heapUsed() >>> 0;
  }

  /** Throws `storage.overloaded` when `bytes` more in use would pass the limit. */
  checkBudget(bytes: number): void {
    const want = this.usedBytes + this.besideBytes + bytes;
    if (want > this.#bytesMax) throw overloaded(want, this.#bytesMax);
  }

  /** Makes sure that the heap can grow by `bytes`; throws `storage.overloaded` when it cannot. */
  reserve(bytes: number): void {
    const want = this.reservedBytes + bytes + END_BYTES;
    if (want <= this.u8.length) return;
    if (want > HEAD_BYTES_LIMIT) throw overloaded(want, HEAD_BYTES_LIMIT);
    const growth = Math.max(GROWTH_BYTES_MIN, Math.ceil(this.u8.length / GROWTH_FRACTION));
    const target = Math.min(HEAD_BYTES_LIMIT, Math.max(want, this.u8.length + growth));
    try {
      this.#memory.grow(Math.ceil((target - this.u8.length) / WASM_PAGE_BYTES));
    } catch (cause) {
      throw overloaded(want, HEAD_BYTES_LIMIT, cause);
    }
    this.#renewViews();
  }

  /**
   * Address of scratch space of at least `bytes`, 8-byte aligned; its content does not outlive the
   * next call. Room for it (`scratchRoom`) was reserved.
   */
  scratch(bytes: number): number {
    if (bytes > this.#scratchBytes) {
      const grown = scratchSize(bytes);
      const outgrown = this.#scratch;
      this.#scratch = this.kernel.allocate(grown) >>> 0;
      if (this.#scratchBytes > 0) this.kernel.release(outgrown, this.#scratchBytes);
      this.#scratchBytes = grown;
    }
    return this.#scratch;
  }

  /** The most that the heap grows for `scratch(bytes)`. */
  scratchRoom(bytes: number): number {
    if (bytes <= this.#scratchBytes) return 0;
    return this.kernel.regionRoom(scratchSize(bytes)) >>> 0;
  }

  #renewViews(): void {
    const { buffer } = this.#memory;
    this.u8 = new Uint8Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.kernel.setHeapEnd(this.u8.length - END_BYTES);
  }
}

/** Powers of two, so a region outgrown is seldom outgrown again. */
function scratchSize(bytes: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(bytes, 4096)));
}

function overloaded(want: number, limit: number, cause?: unknown): EngineError {
  return new EngineError(
    OVERLOADED,
    `cannot grow the head of a shard: got a need of ${want} bytes, want at most ${limit}`,
    { data: { bytes: want, bytesMax: limit }, cause },
  );
}
