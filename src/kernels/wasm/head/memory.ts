/**
 * Memory of one shard head: who hands out room. The heap grows by pages and larger regions; small
 * things share pages and are sorted by size when they come back, so that room freed by dead series
 * serves new ones. Nothing moves.
 *
 * Nothing here grows the memory: the caller reserves the worst case before it starts, so a kernel
 * call never stops half way.
 */
import {
  HEAD_FREE_LARGE,
  HEAD_FREE_SMALL,
  HEAD_HEAP_BASE,
  HEAD_PAGE_BYTES,
  HEAD_SMALL_BYTES_MAX,
} from "../../layout/head-layout";

const PAGE_BYTES: u32 = HEAD_PAGE_BYTES;
const SMALL_BYTES_MAX: u32 = HEAD_SMALL_BYTES_MAX;
const LARGE_BYTES_MIN: u32 = 2048;

let heapNext: u32 = HEAD_HEAP_BASE;
let heapEnd: u32 = HEAD_HEAP_BASE;
/** Free pages, linked by their first word. */
let freePages: u32 = 0;
/** Bytes below `heapNext` that are in nobody's use. */
let freeBytes: u32 = 0;
/** What is left of the page that small things come from. */
let smallNext: u32 = 0;
let smallEnd: u32 = 0;

/** Tells the kernel how far the memory reaches; called after each growth. */
export function setHeapEnd(end: u32): void {
  heapEnd = end;
}

/** End of the heap. */
export function heapUsed(): u32 {
  return heapNext;
}

/** Bytes of the memory that somebody uses. */
export function usedBytes(): u32 {
  return heapNext - freeBytes;
}

/** The most that the heap grows for small things or arena parts of `bytes` in all. */
export function pagesRoom(bytes: u32): u32 {
  return (bytes / (PAGE_BYTES - SMALL_BYTES_MAX) + 2) * PAGE_BYTES;
}

/** The most that the heap grows for one thing of `bytes`. */
export function regionRoom(bytes: u32): u32 {
  return bytes > PAGE_BYTES ? regionBytes(bytes) : PAGE_BYTES;
}

/** Room for `bytes`, 8-byte aligned, content undefined. Traps when nothing was reserved. */
export function allocate(bytes: u32): u32 {
  if (bytes <= SMALL_BYTES_MAX) return allocateSmall(bytes);
  const size = regionBytes(bytes);
  if (size <= PAGE_BYTES) return allocateLarge(size);
  return extendHeap(size);
}

/** Gives back what `allocate(bytes)` gave. */
export function release(address: u32, bytes: u32): void {
  if (bytes <= SMALL_BYTES_MAX) {
    releaseSmall(address, smallBytes(bytes));
    return;
  }
  const size = regionBytes(bytes);
  if (size < PAGE_BYTES) releaseLarge(address, size);
  else for (let at: u32 = 0; at < size; at += PAGE_BYTES) releasePage(address + at);
}

export function allocatePage(): u32 {
  const page = freePages;
  if (page == 0) return extendHeap(PAGE_BYTES);
  freePages = load<u32>(page);
  freeBytes -= PAGE_BYTES;
  return page;
}

export function releasePage(page: u32): void {
  store<u32>(page, freePages);
  freePages = page;
  freeBytes += PAGE_BYTES;
}

/** Somebody keeps `bytes` of allocated pages free for others of its kind, or takes them again. */
// @ts-ignore: decorator
@inline
export function countFree(bytes: i32): void {
  freeBytes += bytes;
}

function extendHeap(bytes: u32): u32 {
  if (bytes > heapEnd - heapNext) unreachable();
  const at = heapNext;
  heapNext += bytes;
  return at;
}

/** Powers of two up to a page, then whole pages. */
function regionBytes(bytes: u32): u32 {
  if (bytes > PAGE_BYTES) return (bytes + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
  let size = LARGE_BYTES_MIN;
  while (size < bytes) size <<= 1;
  return size;
}

// @ts-ignore: decorator
@inline
function smallBytes(bytes: u32): u32 {
  return bytes == 0 ? 8 : (bytes + 7) & ~7;
}

function allocateSmall(bytes: u32): u32 {
  const size = smallBytes(bytes);
  const list = HEAD_FREE_SMALL + (size >> 1);
  const free = load<u32>(list);
  if (free != 0) {
    store<u32>(list, load<u32>(free));
    freeBytes -= size;
    return free;
  }
  if (smallEnd - smallNext < size) {
    // The rest of the page is one more free thing of its size.
    if (smallEnd != smallNext) {
      freeBytes -= smallEnd - smallNext;
      releaseSmall(smallNext, smallEnd - smallNext);
    }
    smallNext = allocatePage();
    smallEnd = smallNext + PAGE_BYTES;
    freeBytes += PAGE_BYTES;
  }
  const at = smallNext;
  smallNext += size;
  freeBytes -= size;
  return at;
}

function releaseSmall(address: u32, size: u32): void {
  const list = HEAD_FREE_SMALL + (size >> 1);
  store<u32>(address, load<u32>(list));
  store<u32>(list, address);
  freeBytes += size;
}

/** `size` is 2, 4, 8 or 16 KiB: half of the next larger one when there is none. */
function allocateLarge(size: u32): u32 {
  if (size == PAGE_BYTES) return allocatePage();
  const list = HEAD_FREE_LARGE + (size >> 11 >> 1 << 2);
  const free = load<u32>(list);
  if (free != 0) {
    store<u32>(list, load<u32>(free));
    freeBytes -= size;
    return free;
  }
  const pair = allocateLarge(size << 1);
  releaseLarge(pair + size, size);
  return pair;
}

function releaseLarge(address: u32, size: u32): void {
  const list = HEAD_FREE_LARGE + (size >> 11 >> 1 << 2);
  store<u32>(address, load<u32>(list));
  store<u32>(list, address);
  freeBytes += size;
}
