/**
 * Things of 64 and of 128 bytes in pages of their own, so that each begins on a cache line: series
 * records and narrow staging areas.
 */
import { HEAD_PAGE_BYTES } from "../../layout/head-layout";
import { allocatePage, countFree } from "./memory";

/** Free ones are linked by their first word; `next` is what is left of the newest page. */
let freeLines: u32 = 0;
let nextLine: u32 = 0;
let endLine: u32 = 0;
let freePairs: u32 = 0;
let nextPair: u32 = 0;
let endPair: u32 = 0;

export function allocateLine(): u32 {
  const free = freeLines;
  if (free != 0) {
    freeLines = load<u32>(free);
    countFree(-64);
    return free;
  }
  if (nextLine == endLine) {
    nextLine = allocatePage();
    endLine = nextLine + HEAD_PAGE_BYTES;
    countFree(HEAD_PAGE_BYTES);
  }
  nextLine += 64;
  countFree(-64);
  return nextLine - 64;
}

export function releaseLine(address: u32): void {
  store<u32>(address, freeLines);
  freeLines = address;
  countFree(64);
}

export function allocatePair(): u32 {
  const free = freePairs;
  if (free != 0) {
    freePairs = load<u32>(free);
    countFree(-128);
    return free;
  }
  if (nextPair == endPair) {
    nextPair = allocatePage();
    endPair = nextPair + HEAD_PAGE_BYTES;
    countFree(HEAD_PAGE_BYTES);
  }
  nextPair += 128;
  countFree(-128);
  return nextPair - 128;
}

export function releasePair(address: u32): void {
  store<u32>(address, freePairs);
  freePairs = address;
  countFree(128);
}
