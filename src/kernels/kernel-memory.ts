/**
 * One linear memory and the regions handed out of it. Regions are cut off the front, never moved
 * and never given back: whoever drops the memory frees them all. Growing detaches the old buffer,
 * so views are taken anew through `views()` after anything that may allocate, and never kept.
 * Addresses are absolute byte offsets; region starts are aligned to a cache line.
 */
import { assert } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import { KERNELS_MEMORY } from "./kernels-errors.ts";

export const PAGE_BYTES = 65_536;
/** One page less than the 4 GiB of wasm32, so that the end of a region is still a u32. */
export const PAGES_MAX = 65_535;
/** A cache line: no two regions share one. */
const REGION_ALIGNMENT = 64;

/** What `WebAssembly.Memory` offers; the twins run on a plain buffer of the same shape. */
export interface LinearMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** Views of the whole memory; dead once it grows. */
export interface KernelViews {
  readonly u8: Uint8Array<ArrayBuffer>;
  readonly u32: Uint32Array<ArrayBuffer>;
  readonly f64: Float64Array<ArrayBuffer>;
  readonly data: DataView<ArrayBuffer>;
}

export interface KernelRegion {
  readonly name: string;
  readonly offset: number;
  readonly bytes: number;
}

export class KernelMemory {
  readonly #memory: LinearMemory;
  readonly #pagesMax: number;
  readonly #regions: KernelRegion[] = [];
  #next: number;
  #views: KernelViews;

  /** `base` is the first byte that may be handed out; `pagesMax` is cut to `PAGES_MAX`. */
  constructor(memory: LinearMemory, base: number, pagesMax: number) {
    this.#memory = memory;
    this.#pagesMax = Math.min(pagesMax, PAGES_MAX);
    this.#next = base;
    this.#views = viewsOf(memory.buffer);
  }

  /** Current views: right until the next `allocate`. */
  views(): KernelViews {
    return this.#views;
  }

  /** Zeroed, aligned bytes under a name of their own; grows the memory when needed. */
  allocate(name: string, bytes: number): KernelRegion {
    assert(
      Number.isSafeInteger(bytes) && bytes >= 0,
      () => `kernel region ${name}: got ${bytes} bytes`,
    );
    assert(
      this.#regions.every((region) => region.name !== name),
      `kernel region ${name}: twice`,
    );
    const offset = Math.ceil(this.#next / REGION_ALIGNMENT) * REGION_ALIGNMENT;
    this.#growTo(name, offset + bytes);
    this.#next = offset + bytes;
    const region: KernelRegion = { name, offset, bytes };
    this.#regions.push(region);
    return region;
  }

  /** Every region in address order: for metrics and error reports. */
  regions(): readonly KernelRegion[] {
    return this.#regions;
  }

  get pages(): number {
    return this.#memory.buffer.byteLength / PAGE_BYTES;
  }

  #growTo(name: string, end: number): void {
    const pages = Math.ceil(end / PAGE_BYTES);
    if (pages <= this.pages) return;
    const fail = (cause: string, options?: { cause: unknown }): never => {
      throw new EngineError(KERNELS_MEMORY, `cannot allocate kernel region ${name}: ${cause}`, {
        data: { pages, pagesMax: this.#pagesMax },
        ...options,
      });
    };
    if (pages > this.#pagesMax) fail(`got ${pages} pages, want at most ${this.#pagesMax}`);
    try {
      this.#memory.grow(pages - this.pages);
    } catch (error) {
      fail(`the machine refused ${pages - this.pages} pages`, { cause: error });
    }
    // Only here: to ask a memory for its buffer is a call out of compiled code, and slow.
    this.#views = viewsOf(this.#memory.buffer);
  }
}

function viewsOf(buffer: ArrayBuffer): KernelViews {
  return {
    u8: new Uint8Array(buffer),
    u32: new Uint32Array(buffer),
    f64: new Float64Array(buffer),
    data: new DataView(buffer),
  };
}
