/**
 * Samples live in pages of their generation, handed out from one end and given back all at once:
 * when a generation has left, no series has to be looked at. So an address into a generation means
 * something only as long as the generation is in memory; whoever keeps one keeps its generation
 * beside it.
 */
import { HEAD_ARENAS, HEAD_ARENAS_MAX, HEAD_ARENA_BYTES, HEAD_PAGE_BYTES } from "../../layout/head-layout";
import { allocatePage, releasePage } from "./memory";

/** Link to the page before. */
const PAGE_HEADER_BYTES: u32 = 32;
const ARENAS_MAX: u32 = HEAD_ARENAS_MAX;

/** Takes the samples that arrive now; 1 is the first. */
let current: u32 = 1;
/** Everything up to here is in blocks: it no longer counts for verdicts. */
let released: u32 = 0;
/** Everything up to here has lost its pages. */
let freed: u32 = 0;

export function currentGeneration(): u32 {
  return current;
}

export function releasedGeneration(): u32 {
  return released;
}

export function freedGeneration(): u32 {
  return freed;
}

/** The next generation takes the samples from now on. */
export function openGeneration(): void {
  current++;
}

export function releaseGeneration(number: u32): void {
  released = number;
}

/** Gives the pages of generations up to `number` back. */
export function freeGenerations(number: u32): void {
  for (let generation = freed + 1; generation <= number; generation++) {
    const arena = arenaOf(generation);
    let page = load<u32>(arena);
    while (page != 0) {
      const previous = load<u32>(page);
      releasePage(page);
      page = previous;
    }
    memory.fill(arena, 0, HEAD_ARENA_BYTES);
  }
  freed = number;
}

// @ts-ignore: decorator
@inline
function arenaOf(generation: u32): usize {
  return HEAD_ARENAS + (generation & (ARENAS_MAX - 1)) * HEAD_ARENA_BYTES;
}

/** Room in a generation that is in memory; `bytes` is a multiple of 8 and far below a page. */
export function allocateIn(generation: u32, bytes: u32): u32 {
  const arena = arenaOf(generation);
  let at = load<u32>(arena, 4);
  if (load<u32>(arena, 8) - at < bytes) {
    const page = allocatePage();
    store<u32>(page, load<u32>(arena));
    store<u32>(arena, page);
    store<u32>(arena, page + HEAD_PAGE_BYTES, 8);
    at = page + PAGE_HEADER_BYTES;
  }
  store<u32>(arena, at + bytes, 4);
  return at;
}
