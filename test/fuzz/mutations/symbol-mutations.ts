/** Requests of message 2.0: whole ones, cut ones, and ones with references that lead elsewhere. */
import type { Dice } from "#test/support/dice.ts";
import { compressed, type Mutation } from "../fuzz-body.ts";
import { encodeSymbolRequest } from "../symbol-request.ts";
import { flipped } from "./compressed-mutations.ts";

export const SYMBOLS: Mutation = {
  name: "symbols",
  make(dice, valid) {
    const raw = encodeSymbolRequest(dice, valid.next(dice));
    const damage = dice.pick([whole, whole, cut, flipped, nudged]);
    return compressed(dice, damage(dice, raw));
  },
};

function whole(_dice: Dice, bytes: Uint8Array): Uint8Array {
  return bytes;
}

function cut(dice: Dice, bytes: Uint8Array): Uint8Array {
  return bytes.slice(0, dice.below(bytes.length));
}

/** A byte one more or less is another reference, length or text. */
function nudged(dice: Dice, bytes: Uint8Array): Uint8Array {
  const result = bytes.slice();
  for (let count = dice.between(1, 4); count > 0; count--) {
    const at = dice.below(result.length);
    result[at] = result[at]! + (dice.chance(0.5) ? 1 : -1);
  }
  return result;
}
