/**
 * Damage to compressed bytes: bits, lengths, ends.
 */
import type { Dice } from "#test/support/dice.ts";
import { compressed, snappyBytes, type Mutation } from "../fuzz-body.ts";
import { encodeRequest } from "../request-tree.ts";
import { concat, varint } from "../wire.ts";

/** Bits turned at random places; more than a few give nothing but noise. */
const FLIPS_MAX = 8;

export const COMPRESSED_BITS: Mutation = {
  name: "compressed-bits",
  make(dice, valid) {
    const { encoding, bytes } = compressed(dice, encodeRequest(valid.next(dice)));
    return { encoding, bytes: flipped(dice, bytes) };
  },
};

export const COMPRESSED_CUT: Mutation = {
  name: "compressed-cut",
  make(dice, valid) {
    const { encoding, bytes } = compressed(dice, encodeRequest(valid.next(dice)));
    const end = dice.chance(0.2)
      ? dice.below(Math.min(12, bytes.length))
      : dice.below(bytes.length);
    const kept = bytes.slice(0, end);
    return { encoding, bytes: dice.chance(0.1) ? concat([bytes, dice.bytes(5)]) : kept };
  },
};

export const SNAPPY_LENGTH: Mutation = {
  name: "snappy-length",
  make(dice, valid) {
    const raw = encodeRequest(valid.next(dice));
    const bytes = snappyBytes(raw);
    const elements = bytes.slice(varint(raw.length).length);
    return { encoding: "snappy", bytes: concat([lyingLength(dice, raw.length), elements]) };
  },
};

function lyingLength(dice: Dice, length: number): Uint8Array {
  const mib = 1024 * 1024;
  const lies = [0, 1, length - 1, length + 1, 2 * length, 32 * mib, 32 * mib + 1, 64 * mib + 1];
  const wide = [2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];
  switch (dice.below(6)) {
    // 4 GiB less one byte, the most that the format can announce.
    case 0:
      return Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f);
    case 1:
      return varint(dice.pick(wide));
    // Past 32 bits, or not ending at all.
    case 2:
      return dice.pick([varint(2 ** 32), varint(2n ** 64n - 1n), new Uint8Array(6).fill(0xff)]);
    // The true length, in more bytes than it needs: legal up to five.
    case 3:
      return varint(length, dice.between(1, 4));
    default:
      return varint(Math.max(0, dice.pick(lies)));
  }
}

export function flipped(dice: Dice, bytes: Uint8Array): Uint8Array {
  const result = bytes.slice();
  for (let count = dice.between(1, FLIPS_MAX); count > 0; count--) {
    const at = dice.below(result.length);
    result[at] = result[at]! ^ (1 << dice.below(8));
  }
  return result;
}
