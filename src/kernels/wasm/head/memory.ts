/**
 * Memory of one shard head: where things are and who hands out room. Addresses are u32, 0 = none.
 * The directory of record pages comes first; the heap behind it is bump allocated and holds record
 * pages, label bytes, sample chunks, the fingerprint table and the caller's scratch columns.
 *
 * Nothing here grows the memory: the caller reserves the worst case before it starts, so a kernel
 * call never stops half way.
 */
import { HEAD_HEAP_BASE } from "../../layout/head-layout";

let heapNext: u32 = HEAD_HEAP_BASE;
let heapEnd: u32 = HEAD_HEAP_BASE;
/** One region given back earlier (an outgrown table or scratch); served before the heap. */
let spareNext: u32 = 0;
let spareEnd: u32 = 0;

/** Tells the kernel how far the memory reaches; called after each growth. */
export function setHeapEnd(end: u32): void {
  heapEnd = end;
}

export function heapUsed(): u32 {
  return heapNext;
}

/** Room for `bytes`, 8-byte aligned, content undefined. Traps when nothing was reserved. */
export function allocate(bytes: u32): u32 {
  const size = (bytes + 7) & ~7;
  if (size <= spareEnd - spareNext) {
    const at = spareNext;
    spareNext += size;
    return at;
  }
  if (size > heapEnd - heapNext) unreachable();
  const at = heapNext;
  heapNext += size;
  return at;
}

/** Gives a region back; of this and the present spare the larger one is kept. */
export function release(address: u32, bytes: u32): void {
  if (bytes <= spareEnd - spareNext) return;
  spareNext = address;
  spareEnd = address + bytes;
}
