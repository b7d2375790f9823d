/**
 * Damage to the protobuf message, compressed again afterwards so that it reaches the parser.
 */
import type { Dice } from "#test/support/dice.ts";
import { compressed, snappyBytes, type Mutation } from "../fuzz-body.ts";
import { encodeRequest } from "../request-tree.ts";
import { concat } from "../wire.ts";
import { flipped } from "./compressed-mutations.ts";

/** Bytes set to one of these often change what a field is. */
const TELLING_BYTES = [0x00, 0x01, 0x07, 0x08, 0x0a, 0x0b, 0x10, 0x12, 0x7f, 0x80, 0xff];

export const DECODED_CUT: Mutation = {
  name: "decoded-cut",
  make(dice, valid) {
    const raw = encodeRequest(valid.next(dice));
    return compressed(dice, raw.slice(0, dice.below(raw.length)));
  },
};

export const DECODED_BITS: Mutation = {
  name: "decoded-bits",
  make(dice, valid) {
    const raw = encodeRequest(valid.next(dice));
    return compressed(dice, dice.pick([flipped, swapped, overwritten])(dice, raw));
  },
};

export const SPLICED: Mutation = {
  name: "spliced",
  make(dice, valid) {
    const a = encodeRequest(valid.next(dice));
    const b = encodeRequest(valid.next(dice));
    const splice = dice.pick([joined, inserted, removed, repeated]);
    if (dice.chance(0.7)) return compressed(dice, splice(dice, a, b));
    return { encoding: "snappy", bytes: splice(dice, snappyBytes(a), snappyBytes(b)) };
  },
};

function swapped(dice: Dice, bytes: Uint8Array): Uint8Array {
  const result = bytes.slice();
  for (let count = dice.between(1, 4); count > 0; count--) {
    const at = dice.below(result.length);
    const other = dice.chance(0.5) ? Math.max(0, at - 1) : dice.below(result.length);
    [result[at], result[other]] = [result[other]!, result[at]!];
  }
  return result;
}

function overwritten(dice: Dice, bytes: Uint8Array): Uint8Array {
  const result = bytes.slice();
  for (let count = dice.between(1, 4); count > 0; count--) {
    result[dice.below(result.length)] = dice.pick(TELLING_BYTES);
  }
  return result;
}

function joined(dice: Dice, a: Uint8Array, b: Uint8Array): Uint8Array {
  return concat([a.subarray(0, dice.below(a.length)), b.subarray(dice.below(b.length))]);
}

function inserted(dice: Dice, a: Uint8Array, b: Uint8Array): Uint8Array {
  const at = dice.below(a.length);
  const from = dice.below(b.length);
  const piece = b.subarray(from, from + dice.scaled(1, 400));
  return concat([a.subarray(0, at), piece, a.subarray(at)]);
}

function removed(dice: Dice, a: Uint8Array): Uint8Array {
  const at = dice.below(a.length);
  return concat([a.subarray(0, at), a.subarray(at + dice.scaled(1, 400))]);
}

function repeated(dice: Dice, a: Uint8Array): Uint8Array {
  const from = dice.below(a.length);
  const piece = a.subarray(from, from + dice.scaled(1, 400));
  return concat([a.subarray(0, from), piece, piece, a.subarray(from)]);
}
