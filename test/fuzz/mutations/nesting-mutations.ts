/**
 * Depth, groups, unknown fields and wire types, at every level of the message.
 */
import type { Dice } from "#test/support/dice.ts";
import { compressed, type Mutation } from "../fuzz-body.ts";
import { encodeRow, type RequestTree } from "../request-tree.ts";
import {
  concat,
  field,
  fixed64Field,
  tag,
  varint,
  varintField,
  WIRE_FIXED32,
  WIRE_GROUP,
  WIRE_GROUP_END,
} from "../wire.ts";

/** Deep enough to overflow any recursive parser. */
const DEPTH_MAX = 30_000;
const FIELD_NUMBER_MAX = 2 ** 29 - 1;

export const NESTING: Mutation = {
  name: "nesting",
  make(dice, valid) {
    const tree = valid.next(dice);
    return compressed(
      dice,
      placed(dice, tree, dice.pick([nested, groups, unknown, unknown])(dice)),
    );
  },
};

/** The bytes at the top level, inside a row, inside a label or inside a sample. */
function placed(dice: Dice, tree: RequestTree, bytes: Uint8Array): Uint8Array {
  const rows = tree.rows.map(encodeRow);
  const at = dice.below(rows.length);
  const row = tree.rows[at]!;
  const inside = (parts: readonly Uint8Array[]): Uint8Array[] => {
    const index = dice.below(parts.length + 1);
    return parts.toSpliced(index, 0, bytes);
  };
  switch (dice.below(4)) {
    case 0:
      return concat(rows.toSpliced(at, 0, bytes));
    case 1:
      rows[at] = field(1, concat(inside([...row.labels, ...row.samples])));
      break;
    case 2:
      rows[at] = field(1, concat([...row.labels, field(1, bytes), ...row.samples]));
      break;
    default:
      rows[at] = field(1, concat([...row.labels, field(2, bytes)]));
  }
  return concat(rows);
}

/** Messages inside messages, of a number that is known or not. */
function nested(dice: Dice): Uint8Array {
  const number = dice.pick([1, 1, 2, 3, 4, 5, 100]);
  const headers: Uint8Array[] = [];
  let length = 0;
  for (let depth = dice.scaled(2, DEPTH_MAX); depth > 0; depth--) {
    const header = concat([tag(number, 2), varint(length)]);
    headers.push(header);
    length += header.length;
  }
  return concat(headers.toReversed());
}

function groups(dice: Dice): Uint8Array {
  const number = dice.pick([1, 2, 7]);
  const depth = dice.scaled(1, DEPTH_MAX);
  const open = tag(number, WIRE_GROUP);
  const opened = concat(Array.from({ length: depth }, () => open));
  if (dice.chance(0.5)) return opened;
  const close = tag(number, WIRE_GROUP_END);
  return concat([opened, ...Array.from({ length: depth }, () => close)]);
}

function unknown(dice: Dice): Uint8Array {
  const one = (): Uint8Array => {
    const number = dice.pick([
      0,
      1,
      2,
      3,
      4,
      5,
      6,
      15,
      16,
      2047,
      FIELD_NUMBER_MAX,
      2 ** 29,
      2 ** 32,
    ]);
    switch (dice.below(6)) {
      case 0:
        return varintField(number, dice.word());
      case 1:
        return fixed64Field(dice.between(1, 15), dice.word());
      case 2:
        return concat([tag(number, WIRE_FIXED32), dice.bytes(4)]);
      case 3:
        return field(number, dice.bytes(dice.below(40)));
      case 4:
        return varintField(dice.between(5, 30), dice.below(1000));
      default:
        return concat([tag(Math.max(1, number), dice.pick([3, 4, 6, 7])), dice.bytes(3)]);
    }
  };
  return concat(Array.from({ length: dice.scaled(1, 60) }, one));
}
