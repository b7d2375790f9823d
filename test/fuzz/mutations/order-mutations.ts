/** Legal messages in an order no encoder uses: every parser must read the same out of them. */
import type { Dice } from "#test/support/dice.ts";
import { compressed, type Mutation } from "../fuzz-body.ts";
import { encodeRow, type RowTree } from "../request-tree.ts";
import { concat, field, fixed64Field, varintField } from "../wire.ts";
import { bitsOf } from "../valid-bodies.ts";

export const FIELD_ORDER: Mutation = {
  name: "field-order",
  make(dice, valid) {
    const tree = valid.next(dice);
    const rows = tree.rows.map((row) =>
      dice.chance(0.5) ? encodeRow(row) : field(1, concat(reordered(dice, row, valid.timeOf(0)))),
    );
    const empty = dice.chance(0.2) ? [field(1, new Uint8Array(0))] : [];
    const all = [...rows, ...tree.tail, ...empty];
    return compressed(dice, concat(dice.chance(0.5) ? dice.shuffled(all) : all));
  },
};

function reordered(dice: Dice, row: RowTree, timeMs: bigint): readonly Uint8Array[] {
  const { labels, samples, others } = row;
  const samplesOdd = [...samples, oddSample(dice, timeMs)];
  switch (dice.below(5)) {
    case 0:
      return [...samples, ...labels, ...others];
    case 1:
      return [...others, ...samplesOdd, ...labels];
    // One label, one sample, one label: labels of the row lie apart.
    case 2:
      return labels.flatMap((label, i) => [label, samples[i] ?? samplesOdd.at(-1)!]);
    case 3:
      return dice.shuffled([...labels, ...samplesOdd, ...others]);
    default:
      return [...labels, ...samplesOdd, varintField(9, dice.below(5)), ...others];
  }
}

/** Time before value, parts left out, parts given twice. */
function oddSample(dice: Dice, timeMs: bigint): Uint8Array {
  const time = varintField(2, timeMs + 1n);
  const value = fixed64Field(1, bitsOf(dice.below(100)));
  const orders = [
    [time, value],
    [time],
    [value],
    [],
    [value, value, time],
    [varintField(2, 5), value, time, varintField(3, 7)],
  ];
  return field(2, concat(dice.pick(orders)));
}
