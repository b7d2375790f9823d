/**
 * The refs of an index entry's series: ascending, since refs are issued in that order, as distances
 * in blocks that grow with the list. Refs of dropped series stay until they are more than the
 * others.
 */
import {
  ENTRY_BLOCK,
  ENTRY_BLOCKS,
  ENTRY_BLOCK_USED,
  ENTRY_LAST_BLOCK,
  ENTRY_LAST_REF,
  ENTRY_REFS,
  ENTRY_USERS,
  REF_BLOCK_BYTES_FIRST,
  REF_BLOCK_BYTES_MAX,
  REF_BLOCK_HEADER_BYTES,
} from "../../layout/head-layout";
import { allocate, release } from "./memory";
import { recordOf } from "./series-map";

/** Most heap bytes that one more ref takes: two blocks for a list that had none, or one large one. */
export const REF_BYTES_MAX: u32 = REF_BLOCK_BYTES_MAX;
/** A list is not cleaned for fewer dead refs. */
const DEAD_MIN: u32 = 16;

// @ts-ignore: decorator
@inline
function blockBytes(number: u32): u32 {
  return number > 5 ? REF_BLOCK_BYTES_MAX : REF_BLOCK_BYTES_FIRST << (number - 1);
}

// @ts-ignore: decorator
@inline
function varintBytes(value: u32): u32 {
  return (38 - clz(value)) / 7;
}

/** Adds a ref above all others of the list. */
export function addRef(entry: usize, ref: u32): void {
  const refs = load<u32>(entry, ENTRY_REFS);
  const last = load<u32>(entry, ENTRY_LAST_REF);
  if (refs == 1) {
    openBlock(entry, 1);
    writeDistance(entry, last + 1);
  }
  if (refs > 0) writeDistance(entry, ref - last);
  store<u32>(entry, refs + 1, ENTRY_REFS);
  store<u32>(entry, ref, ENTRY_LAST_REF);
}

function writeDistance(entry: usize, distance: u32): void {
  let used: u32 = load<u16>(entry, ENTRY_BLOCK_USED);
  const number: u32 = load<u8>(entry, ENTRY_BLOCKS);
  const room = blockBytes(number) - used;
  if (varintBytes(distance) > room) {
    if (room > 0) store<u8>(load<u32>(entry, ENTRY_LAST_BLOCK) + used, 0);
    openBlock(entry, number + 1);
    used = REF_BLOCK_HEADER_BYTES;
  }
  let at: usize = load<u32>(entry, ENTRY_LAST_BLOCK) + used;
  const start = at;
  while (distance >= 128) {
    store<u8>(at++, <u8>(distance | 128));
    distance >>= 7;
  }
  store<u8>(at++, <u8>distance);
  store<u16>(entry, <u16>(used + <u32>(at - start)), ENTRY_BLOCK_USED);
}

function openBlock(entry: usize, number: u32): void {
  const block = allocate(blockBytes(number));
  store<u32>(block, 0);
  if (number == 1) store<u32>(entry, block, ENTRY_BLOCK);
  else store<u32>(load<u32>(entry, ENTRY_LAST_BLOCK), block);
  store<u32>(entry, block, ENTRY_LAST_BLOCK);
  store<u16>(entry, REF_BLOCK_HEADER_BYTES, ENTRY_BLOCK_USED);
  store<u8>(entry, <u8>min<u32>(number, 255), ENTRY_BLOCKS);
}

/** A series of the list, which has no record any more, is gone. */
export function cleanRefs(entry: usize): void {
  const refs = load<u32>(entry, ENTRY_REFS);
  const live = load<u32>(entry, ENTRY_USERS);
  // A tenant has its names as users, too, so there may be more of them than refs.
  if (refs <= 2 * live + DEAD_MIN) return;
  let block: usize = load<u32>(entry, ENTRY_BLOCK);
  store<u32>(entry, 0, ENTRY_REFS);
  store<u32>(entry, 0, ENTRY_BLOCK);
  let ref: u32 = 0xffff_ffff;
  let left = refs;
  for (let number: u32 = 1; block != 0; number++) {
    const next: usize = load<u32>(block);
    const end = block + blockBytes(number);
    let at = block + REF_BLOCK_HEADER_BYTES;
    while (at < end && left > 0) {
      let distance: u32 = load<u8>(at++);
      if (distance == 0) break;
      if (distance >= 128) {
        distance &= 127;
        let shift: u32 = 7;
        let byte: u32;
        do {
          byte = load<u8>(at++);
          distance |= (byte & 127) << shift;
          shift += 7;
        } while (byte >= 128);
      }
      ref += distance;
      left--;
      if (recordOf(ref) != 0) addRef(entry, ref);
    }
    release(<u32>block, blockBytes(number));
    block = next;
  }
}

/** Gives the blocks back. */
export function releaseRefs(entry: usize): void {
  let block: usize = load<u32>(entry, ENTRY_BLOCK);
  for (let number: u32 = 1; block != 0; number++) {
    const next: usize = load<u32>(block);
    release(<u32>block, blockBytes(number));
    block = next;
  }
}
