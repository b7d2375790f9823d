/**
 * From refs to series records. Refs are issued in ascending order and never again, so whatever
 * still holds the ref of a dropped series finds nothing, not another series. A page of the map goes
 * when the last of its series has.
 */
import { MAP_ENTRY_BYTES, MAP_PAGE_BITS } from "../../layout/head-layout";
import { allocate, pagesRoom, regionRoom, release } from "./memory";

const PAGE_REFS: u32 = 1 << MAP_PAGE_BITS;
const PAGE_BYTES: u32 = PAGE_REFS << 2;
const PAGE_MASK: u32 = PAGE_REFS - 1;
const DIRECTORY_PAGES_MIN: u32 = 16;
/** Refs are u32; the last page is not used, so that counts of refs stay u32 as well. */
const REFS_MAX: u32 = 0xffff_ff00;

let directory: u32 = 0;
let directoryPages: u32 = 0;
let next: u32 = 0;

/** The ref that the next new series gets; all refs are below. */
export function nextRef(): u32 {
  return next;
}

/** False when there are no refs for `count` more series. */
export function refsFit(count: u32): bool {
  return count <= REFS_MAX - next;
}

/** Upper bound of the heap bytes that `count` series with refs up to `end` may take. */
export function mapRoom(count: u32, end: u32): u32 {
  const pages = pagesFor(end);
  let room = pagesRoom(min(count + 1, pages) * PAGE_BYTES);
  if (pages > directoryPages) room += regionRoom(directoryFor(pages) * MAP_ENTRY_BYTES);
  return room;
}

// @ts-ignore: decorator
@inline
function pagesFor(end: u32): u32 {
  return (end + PAGE_MASK) >> MAP_PAGE_BITS;
}

function directoryFor(pages: u32): u32 {
  let capacity = directoryPages > DIRECTORY_PAGES_MIN ? directoryPages : DIRECTORY_PAGES_MIN;
  while (capacity < pages) capacity <<= 1;
  return capacity;
}

/** Record of a ref below `nextRef`, 0 when a cut has dropped the series. */
// @ts-ignore: decorator
@inline
export function recordOf(ref: u32): usize {
  const page: usize = load<u32>(directory + (ref >> MAP_PAGE_BITS) * MAP_ENTRY_BYTES);
  return page == 0 ? 0 : load<u32>(page + ((ref & PAGE_MASK) << 2));
}

/** Enters the record of a ref that has none. Refs between `nextRef` and it stay without one. */
export function enterRecord(ref: u32, record: u32): void {
  const pages = pagesFor(ref + 1);
  if (pages > directoryPages) growDirectory(pages);
  const entry = directory + (ref >> MAP_PAGE_BITS) * MAP_ENTRY_BYTES;
  let page: usize = load<u32>(entry);
  if (page == 0) {
    page = allocate(PAGE_BYTES);
    memory.fill(page, 0, PAGE_BYTES);
    store<u32>(entry, <u32>page);
    // Kept while it took new refs, and perhaps empty by now.
    if (ref >> MAP_PAGE_BITS > 0) releasePageIfEmpty(entry - MAP_ENTRY_BYTES);
  }
  store<u32>(page + ((ref & PAGE_MASK) << 2), record);
  store<u32>(entry, load<u32>(entry, 4) + 1, 4);
  if (ref >= next) next = ref + 1;
}

/** No series below `ref` will be created any more. */
export function passRefs(ref: u32): void {
  if (ref > next) next = ref;
}

export function removeRecord(ref: u32): void {
  const entry = directory + (ref >> MAP_PAGE_BITS) * MAP_ENTRY_BYTES;
  const page: usize = load<u32>(entry);
  store<u32>(page + ((ref & PAGE_MASK) << 2), 0);
  store<u32>(entry, load<u32>(entry, 4) - 1, 4);
  // The page that takes the next refs stays.
  if (ref >> MAP_PAGE_BITS != next >> MAP_PAGE_BITS) releasePageIfEmpty(entry);
}

function releasePageIfEmpty(entry: u32): void {
  const page = load<u32>(entry);
  if (page == 0 || load<u32>(entry, 4) > 0) return;
  release(page, PAGE_BYTES);
  store<u32>(entry, 0);
}

/** First ref at or after `ref` that has a record; `nextRef` when there is none. */
export function firstLive(ref: u32): u32 {
  while (ref < next) {
    const page: usize = load<u32>(directory + (ref >> MAP_PAGE_BITS) * MAP_ENTRY_BYTES);
    if (page == 0) {
      ref = (ref | PAGE_MASK) + 1;
    } else if (load<u32>(page + ((ref & PAGE_MASK) << 2)) != 0) {
      return ref;
    } else {
      ref++;
    }
  }
  return next;
}

function growDirectory(pages: u32): void {
  const capacity = directoryFor(pages);
  const grown = allocate(capacity * MAP_ENTRY_BYTES);
  const used = directoryPages * MAP_ENTRY_BYTES;
  if (used > 0) memory.copy(grown, directory, used);
  memory.fill(grown + used, 0, capacity * MAP_ENTRY_BYTES - used);
  if (used > 0) release(directory, used);
  directory = grown;
  directoryPages = capacity;
}
