/**
 * Label bytes as lists of pieces. A piece is one label as sent and stands in the arena of an
 * identity table once, however many series have it. How bytes are cut into pieces is a matter of
 * memory only: equality is that of all bytes. Twin: `../label-pieces.ts`.
 */
import {
  HEAD_BYTES,
  IDENTITY_ARENA_NEXT,
  IDENTITY_PIECES,
  IDENTITY_PIECE_HEADS,
  IDENTITY_PIECE_HEADS_MAX,
  IDENTITY_PIECE_HEAD_COUNT,
  IDENTITY_SEED_LOW,
  LIST_ENTRY_BYTES,
  PIECE_ALIGNMENT,
  PIECE_HASH,
  PIECE_LENGTH,
  PIECE_NEXT,
  PIECE_TAG,
  PIECE_TEXT,
} from "../layout/identity-layout";
import { equalBytes } from "./equal";
import { chainOf, chainToSplit } from "./split-chains";
import { xxh64 } from "./xxh64";

/** Where the piece that begins at `p` ends: with the label there, or with the bytes. */
// @ts-ignore: decorator
@inline
function pieceEnd(p: usize, end: usize): usize {
  if (end - p < 3 || load<u8>(p) != PIECE_TAG) return end;
  const first: usize = load<u8>(p, 1);
  const second: usize = load<u8>(p, 2);
  let next = p + 2 + first;
  if (first >= 128) {
    if (second >= 128) return end;
    next = p + 3 + ((first & 127) | (second << 7));
  }
  return next < end ? next : end;
}

export function countPieces(source: usize, bytes: u32): u32 {
  const end = source + bytes;
  let count: u32 = 0;
  for (let p = source; p < end; count++) p = pieceEnd(p, end);
  return count;
}

/** The most that the arena grows for a list of `count` pieces of `bytes` in all. */
export function piecesRoom(count: u32, bytes: u32): u64 {
  return <u64>bytes + <u64>count * (PIECE_TEXT + PIECE_ALIGNMENT - 1 + LIST_ENTRY_BYTES);
}

/** Writes the list of the bytes' pieces to the arena, which has room; returns its address. */
export function storePieces(table: usize, source: usize, bytes: u32, count: u32): u32 {
  const list = load<u32>(table, IDENTITY_ARENA_NEXT);
  store<u32>(table, list + count * LIST_ENTRY_BYTES, IDENTITY_ARENA_NEXT);
  const end = source + bytes;
  let p = source;
  for (let i: u32 = 0; i < count; i++) {
    const next = pieceEnd(p, end);
    store<u32>(list + (i << 2), piece(table, p, <u32>(next - p)));
    p = next;
  }
  return list;
}

/** True when the pieces of a list, which are of `bytes` bytes in all, are the bytes at `source`. */
// @ts-ignore: decorator
@inline
export function equalPieces(source: usize, list: usize, bytes: usize): bool {
  const end = source + bytes;
  for (let p = source; p < end; list += LIST_ENTRY_BYTES) {
    const piece: usize = load<u32>(list);
    const length: usize = load<u32>(piece, PIECE_LENGTH);
    if (!equalPiece(p, piece + PIECE_TEXT, length)) return false;
    p += length;
  }
  return true;
}

/** Most labels are of 16 to 32 bytes. */
// @ts-ignore: decorator
@inline
function equalPiece(a: usize, b: usize, bytes: usize): bool {
  if (bytes - 16 <= 32) {
    const last = bytes - 16;
    const middle = last >> 1;
    const different = v128.or(
      v128.xor(v128.load(a), v128.load(b)),
      v128.xor(v128.load(a + last), v128.load(b + last)),
    );
    return !v128.any_true(
      v128.or(different, v128.xor(v128.load(a + middle), v128.load(b + middle))),
    );
  }
  if (bytes - 8 < 8) {
    const last = bytes - 8;
    return load<u64>(a) == load<u64>(b) && load<u64>(a + last) == load<u64>(b + last);
  }
  return equalBytes(a, b, bytes);
}

function piece(table: usize, text: usize, bytes: u32): u32 {
  const hash = <u32>xxh64(text, bytes, load<u64>(table, IDENTITY_SEED_LOW));
  const chain = chainOf(hash, load<u32>(table, IDENTITY_PIECE_HEAD_COUNT));
  let at: usize = load<u32>(headOf(table, chain));
  while (at != 0) {
    if (
      load<u32>(at, PIECE_HASH) == hash &&
      load<u32>(at, PIECE_LENGTH) == bytes &&
      equalBytes(text, at + PIECE_TEXT, bytes)
    ) {
      return <u32>at;
    }
    at = load<u32>(at, PIECE_NEXT);
  }
  return create(table, hash, text, bytes);
}

function create(table: usize, hash: u32, text: usize, bytes: u32): u32 {
  const at = load<u32>(table, IDENTITY_ARENA_NEXT);
  const stored = (PIECE_TEXT + bytes + PIECE_ALIGNMENT - 1) & ~(PIECE_ALIGNMENT - 1);
  store<u32>(table, at + stored, IDENTITY_ARENA_NEXT);
  const count = load<u32>(table, IDENTITY_PIECES) + 1;
  store<u32>(table, count, IDENTITY_PIECES);
  if (count > load<u32>(table, IDENTITY_PIECE_HEAD_COUNT)) splitChain(table);
  const head = headOf(table, chainOf(hash, load<u32>(table, IDENTITY_PIECE_HEAD_COUNT)));
  store<u32>(at, load<u32>(head), PIECE_NEXT);
  store<u32>(at, hash, PIECE_HASH);
  store<u32>(at, bytes, PIECE_LENGTH);
  memory.copy(at + PIECE_TEXT, text, bytes);
  store<u32>(head, at);
  return at;
}

// @ts-ignore: decorator
@inline
function headOf(table: usize, chain: u32): usize {
  return <usize>load<u32>(table, IDENTITY_PIECE_HEADS) + <usize>chain * HEAD_BYTES;
}

/** One chain more, unless there are as many as there may be. */
function splitChain(table: usize): void {
  const count = load<u32>(table, IDENTITY_PIECE_HEAD_COUNT);
  if (count == load<u32>(table, IDENTITY_PIECE_HEADS_MAX)) return;
  store<u32>(table, count + 1, IDENTITY_PIECE_HEAD_COUNT);
  let kept = headOf(table, chainToSplit(count));
  let moved = headOf(table, count);
  let at: usize = load<u32>(kept);
  while (at != 0) {
    if (chainOf(load<u32>(at, PIECE_HASH), count + 1) == count) {
      store<u32>(moved, <u32>at);
      moved = at + PIECE_NEXT;
    } else {
      store<u32>(kept, <u32>at);
      kept = at + PIECE_NEXT;
    }
    at = load<u32>(at, PIECE_NEXT);
  }
  store<u32>(kept, 0);
  store<u32>(moved, 0);
}
