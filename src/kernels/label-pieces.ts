/**
 * Label bytes as lists of pieces: the twin of `wasm/label-pieces.ts`, on the same bytes in memory. A
 * piece is one label as sent and stands in the arena of an identity table once. How bytes are cut
 * into pieces is a matter of memory only: equality is that of all bytes.
 */
import { xxh64Into } from "#base/hash/xxh64.ts";
import type { KernelViews } from "./kernel-memory.ts";
import {
  HEAD_BYTES,
  IDENTITY_ARENA_NEXT,
  IDENTITY_PIECES,
  IDENTITY_PIECE_HEADS,
  IDENTITY_PIECE_HEADS_MAX,
  IDENTITY_PIECE_HEAD_COUNT,
  IDENTITY_SEED_HIGH,
  IDENTITY_SEED_LOW,
  LIST_ENTRY_BYTES,
  PIECE_ALIGNMENT,
  PIECE_HASH,
  PIECE_LENGTH,
  PIECE_NEXT,
  PIECE_TAG,
  PIECE_TEXT,
} from "./layout/identity-layout.ts";
import { chainOf, chainToSplit } from "./split-chains.ts";

/** Low and high word of the hash at hand; written before each read, never kept. */
const words = new Uint32Array(2);

/** Where the piece that begins at `p` ends: with the label there, or with the bytes. */
function pieceEnd(u8: Uint8Array, p: number, end: number): number {
  if (end - p < 3 || u8[p] !== PIECE_TAG) return end;
  const [first, second] = [u8[p + 1]!, u8[p + 2]!];
  let next = p + 2 + first;
  if (first >= 128) {
    if (second >= 128) return end;
    next = p + 3 + ((first & 127) | (second << 7));
  }
  return Math.min(next, end);
}

export function countPieces(u8: Uint8Array, source: number, bytes: number): number {
  const end = source + bytes;
  let count = 0;
  for (let p = source; p < end; count++) p = pieceEnd(u8, p, end);
  return count;
}

/** The most that the arena grows for a list of `count` pieces of `bytes` in all. */
export function piecesRoom(count: number, bytes: number): number {
  return bytes + count * (PIECE_TEXT + PIECE_ALIGNMENT - 1 + LIST_ENTRY_BYTES);
}

/** Writes the list of the bytes' pieces to the arena, which has room; returns its address. */
export function storePieces(
  views: KernelViews,
  table: number,
  source: number,
  bytes: number,
  count: number,
): number {
  const { u8, u32 } = views;
  const list = u32[(table + IDENTITY_ARENA_NEXT) >>> 2]!;
  u32[(table + IDENTITY_ARENA_NEXT) >>> 2] = list + count * LIST_ENTRY_BYTES;
  const end = source + bytes;
  let p = source;
  for (let i = 0; i < count; i++) {
    const next = pieceEnd(u8, p, end);
    u32[(list >>> 2) + i] = piece(views, table, p, next - p);
    p = next;
  }
  return list;
}

/** True when the pieces of a list, which are of `bytes` bytes in all, are the bytes at `source`. */
export function equalPieces(
  { u8, u32 }: KernelViews,
  source: number,
  list: number,
  bytes: number,
): boolean {
  const end = source + bytes;
  let entry = list >>> 2;
  for (let p = source; p < end; entry++) {
    const at = u32[entry]!;
    const length = u32[(at + PIECE_LENGTH) >>> 2]!;
    if (!equalText(u8, p, at + PIECE_TEXT, length)) return false;
    p += length;
  }
  return true;
}

function equalText(u8: Uint8Array, a: number, b: number, bytes: number): boolean {
  for (let i = 0; i < bytes; i++) if (u8[a + i] !== u8[b + i]) return false;
  return true;
}

function piece(views: KernelViews, table: number, text: number, bytes: number): number {
  const { u8, u32 } = views;
  const seedLow = u32[(table + IDENTITY_SEED_LOW) >>> 2]!;
  xxh64Into(words, 0, u8, seedLow, u32[(table + IDENTITY_SEED_HIGH) >>> 2]!, text, text + bytes);
  const hash = words[0]!;
  const chain = chainOf(hash, u32[(table + IDENTITY_PIECE_HEAD_COUNT) >>> 2]!);
  let at = u32[headWord(u32, table, chain)]!;
  while (at !== 0) {
    const isCandidate =
      u32[(at + PIECE_HASH) >>> 2] === hash && u32[(at + PIECE_LENGTH) >>> 2] === bytes;
    if (isCandidate && equalText(u8, text, at + PIECE_TEXT, bytes)) return at;
    at = u32[(at + PIECE_NEXT) >>> 2]!;
  }
  return create(views, table, hash, text, bytes);
}

function create(
  { u8, u32 }: KernelViews,
  table: number,
  hash: number,
  text: number,
  bytes: number,
): number {
  const at = u32[(table + IDENTITY_ARENA_NEXT) >>> 2]!;
  const stored = Math.ceil((PIECE_TEXT + bytes) / PIECE_ALIGNMENT) * PIECE_ALIGNMENT;
  u32[(table + IDENTITY_ARENA_NEXT) >>> 2] = at + stored;
  const count = u32[(table + IDENTITY_PIECES) >>> 2]! + 1;
  u32[(table + IDENTITY_PIECES) >>> 2] = count;
  if (count > u32[(table + IDENTITY_PIECE_HEAD_COUNT) >>> 2]!) splitChain(u32, table);
  const chain = chainOf(hash, u32[(table + IDENTITY_PIECE_HEAD_COUNT) >>> 2]!);
  const head = headWord(u32, table, chain);
  u32[(at + PIECE_NEXT) >>> 2] = u32[head]!;
  u32[(at + PIECE_HASH) >>> 2] = hash;
  u32[(at + PIECE_LENGTH) >>> 2] = bytes;
  u8.copyWithin(at + PIECE_TEXT, text, text + bytes);
  u32[head] = at;
  return at;
}

function headWord(u32: Uint32Array, table: number, chain: number): number {
  return (u32[(table + IDENTITY_PIECE_HEADS) >>> 2]! + chain * HEAD_BYTES) >>> 2;
}

/** One chain more, unless there are as many as there may be. */
function splitChain(u32: Uint32Array, table: number): void {
  const count = u32[(table + IDENTITY_PIECE_HEAD_COUNT) >>> 2]!;
  if (count === u32[(table + IDENTITY_PIECE_HEADS_MAX) >>> 2]) return;
  u32[(table + IDENTITY_PIECE_HEAD_COUNT) >>> 2] = count + 1;
  let kept = headWord(u32, table, chainToSplit(count));
  let moved = headWord(u32, table, count);
  let at = u32[kept]!;
  while (at !== 0) {
    const link = (at + PIECE_NEXT) >>> 2;
    if (chainOf(u32[(at + PIECE_HASH) >>> 2]!, count + 1) === count) {
      u32[moved] = at;
      moved = link;
    } else {
      u32[kept] = at;
      kept = link;
    }
    at = u32[link]!;
  }
  u32[kept] = 0;
  u32[moved] = 0;
}
