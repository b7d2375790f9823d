/**
 * Label sets that break a rule, and some that look as if they did.
 */
import type { Dice } from "#test/support/dice.ts";
import { compressed, type Mutation } from "../fuzz-body.ts";
import { encodeRequest, type RowTree } from "../request-tree.ts";
import { concat, field, labelField, textField, varintField } from "../wire.ts";

const text = new TextEncoder();
/** Names that mean something to a language that keeps labels in objects. */
const TRAPS = ["__proto__", "constructor", "prototype", "hasOwnProperty", "toString", "__name__"];
const BAD_UTF8: readonly Uint8Array[] = [
  Uint8Array.of(0xff),
  Uint8Array.of(0xc0, 0x80),
  Uint8Array.of(0xed, 0xa0, 0x80),
  Uint8Array.of(0xf4, 0x90, 0x80, 0x80),
  Uint8Array.of(0xe6, 0x97),
  Uint8Array.of(0x80),
  concat([text.encode("fine until "), Uint8Array.of(0xf0, 0x9f, 0x98)]),
];

type Violation = (dice: Dice, labels: readonly Uint8Array[]) => readonly Uint8Array[];

/**
 * Few series and few lengths: a node remembers label sets, and a run is not about how many there are.
 */
const SERIES_MAX = 60;
const COUNTS = [58, 59, 60, 64, 300];
const NAME_LENGTHS = [255, 256, 257, 1000];
const VALUE_LENGTHS = [4095, 4096, 4097, 17_000, 100_000];

const VIOLATIONS: readonly Violation[] = [
  // Twice the same name, with one value or two.
  (_, labels) => [...labels, ...labels.slice(-1)],
  (_, labels) => [...labels, labelField("code", "other")],
  (dice, labels) => dice.shuffled(labels),
  (_, labels) => labels.toReversed(),
  (dice, labels) => [...labels, ...many(dice.pick(COUNTS))],
  (dice, labels) => [...labels, labelField("n".repeat(dice.pick(NAME_LENGTHS)), "v")],
  (dice, labels) => [...labels, labelField("v", "x".repeat(dice.pick(VALUE_LENGTHS)))],
  (dice, labels) => [...labels, labelField(dice.pick(BAD_UTF8), "v")],
  (dice, labels) => [...labels, labelField("v", dice.pick(BAD_UTF8))],
  (_, labels) => [...labels, labelField("", "v")],
  (_, labels) => [...labels, labelField("v", "")],
  (_, labels) => [...labels, labelField("", "")],
  // Without a metric name, with an empty one, with none of anything.
  (_, labels) => labels.slice(1),
  (_, labels) => [labelField("__name__", ""), ...labels.slice(1)],
  () => [],
  (dice, labels) => [...labels, labelField(dice.pick(TRAPS), dice.pick(TRAPS))],
  (dice, labels) => [labelField("__name__", dice.pick(TRAPS)), ...labels.slice(1)],
  (_, labels) => [...labels, labelField("a\u0000b", "c\u0000d")],
  // Half a label, a label given in pieces, one with more than a label has.
  (_, labels) => [...labels, field(1, textField(1, "name_only"))],
  (_, labels) => [...labels, field(1, textField(2, "value only"))],
  (_, labels) => [
    ...labels,
    field(1, concat([textField(1, "x"), textField(1, "y"), textField(2, "1"), textField(2, "2")])),
  ],
  (_, labels) => [...labels, field(1, concat([textField(2, "v"), textField(1, "n")]))],
  (dice, labels) => [
    ...labels,
    field(1, concat([textField(1, "n"), textField(2, "v"), varintField(7, dice.below(9))])),
  ],
  (dice, labels) => [...labels, field(1, dice.bytes(dice.between(1, 20)))],
];

export const LABELS: Mutation = {
  name: "labels",
  make(dice, valid) {
    const tree = valid.next(dice);
    const rows: RowTree[] = [...tree.rows];
    for (let count = dice.between(1, 3); count > 0; count--) {
      const at = dice.below(rows.length);
      const row = rows[at]!;
      const labels = valid.labelsOf(dice.below(SERIES_MAX));
      rows[at] = { ...row, labels: dice.pick(VIOLATIONS)(dice, labels) };
    }
    return compressed(dice, encodeRequest({ ...tree, rows }));
  },
};

function many(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => labelField(`label_${i}`, `${i}`));
}
