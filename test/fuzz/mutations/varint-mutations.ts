/**
 * Varints longer than they need be, longer than they may be, and lengths that lie.
 */
import type { Dice } from "#test/support/dice.ts";
import { compressed, type Mutation } from "../fuzz-body.ts";
import { encodeRow } from "../request-tree.ts";
import { concat, fixed64Field, labelField, tag, varint, WIRE_BYTES } from "../wire.ts";

export const VARINTS: Mutation = {
  name: "varints",
  make(dice, valid) {
    const tree = valid.next(dice);
    const at = dice.below(tree.rows.length);
    const parts = tree.rows.map((row, i) => {
      const fields = [...row.labels, ...row.samples, ...row.others];
      if (i !== at) return encodeRow(row);
      if (dice.chance(0.4)) return reframed(dice, concat(fields));
      const which = dice.below(fields.length);
      const odd = dice.chance(0.4)
        ? oddSample(dice, valid.timeOf(0))
        : reframed(dice, payloadOf(fields[which]!), fields[which]![0]! >> 3);
      const rest = fields.toSpliced(which, 1, odd);
      return reframed(dice, concat(rest), 1, true);
    });
    return compressed(dice, concat([...parts, ...tree.tail]));
  },
};

/** A field with a strange tag or length around a sound payload. */
function reframed(dice: Dice, payload: Uint8Array, number = 1, isHonest = false): Uint8Array {
  const { length } = payload;
  const header = tag(number, WIRE_BYTES);
  if (isHonest) return concat([header, varint(length), payload]);
  const lies = [length + 1, length - 1, length + dice.below(300), dice.below(length + 1)];
  const wide = [2n ** 31n, 2n ** 32n + BigInt(length), 2n ** 63n, 2n ** 64n - 1n];
  switch (dice.below(5)) {
    case 0:
      return concat([header, varint(length, dice.between(1, 8)), payload]);
    case 1:
      return concat([varint(number * 8 + WIRE_BYTES, dice.between(1, 9)), varint(length), payload]);
    case 2:
      return concat([header, varint(Math.max(0, dice.pick(lies))), payload]);
    case 3:
      return concat([header, varint(dice.pick(wide)), payload]);
    // More than 64 bits, as tag or as length.
    default:
      return concat([
        header,
        new Uint8Array(dice.between(9, 12)).fill(0x80),
        varint(length),
        payload,
      ]);
  }
}

function oddSample(dice: Dice, timeMs: bigint): Uint8Array {
  const time = varint(timeMs);
  const padded = concat([tag(2, 0), varint(timeMs, dice.between(1, 10 - time.length))]);
  const endless = concat([tag(2, 0), new Uint8Array(11).fill(0xff), Uint8Array.of(1)]);
  const body = concat([fixed64Field(1, dice.word()), dice.pick([padded, padded, endless])]);
  return concat([tag(2, WIRE_BYTES), varint(body.length, dice.below(3)), body]);
}

/** What follows tag and length of a field as the generator makes it. */
function payloadOf(encoded: Uint8Array): Uint8Array {
  let at = 1;
  while (encoded[at]! >= 128) at++;
  return encoded.length > at + 1 ? encoded.slice(at + 1) : labelField("a", "b");
}
