/**
 * Writes a request tree as message 2.0: labels become references, exemplars and metadata are made up
 * anew. Shares nothing with the product's own code.
 */
import type { Dice } from "#test/support/dice.ts";
import type { RequestTree, RowTree } from "./request-tree.ts";
import { concat, field, fixed64Field, textField, varint, varintField } from "./wire.ts";

const HISTOGRAM_TAG = 4 * 8 + 2;

/** Texts in the order of their first use, the empty one first. */
class Symbols {
  readonly #texts = new Map<string, { readonly index: number; readonly bytes: Uint8Array }>();

  constructor() {
    this.reference(new Uint8Array(0));
  }

  reference(bytes: Uint8Array): number {
    const key = Buffer.from(bytes).toString("latin1");
    const known = this.#texts.get(key);
    if (known !== undefined) return known.index;
    this.#texts.set(key, { index: this.#texts.size, bytes });
    return this.#texts.size - 1;
  }

  table(): Uint8Array {
    return concat([...this.#texts.values()].map(({ bytes }) => textField(4, bytes)));
  }
}

export function encodeSymbolRequest(dice: Dice, { rows }: RequestTree): Uint8Array {
  const symbols = new Symbols();
  const text = (value: string): number => symbols.reference(new TextEncoder().encode(value));
  const series = rows.map((row) => {
    const parts = [references(row.labels.flatMap(textsOf), symbols, dice), ...row.samples];
    parts.push(...histogramsOf(row));
    if (dice.chance(0.05)) parts.push(exemplar(dice, text));
    if (dice.chance(0.5)) parts.push(metadata(dice, text));
    return field(5, concat(dice.chance(0.9) ? parts : dice.shuffled(parts)));
  });
  const table = symbols.table();
  return concat(dice.chance(0.9) ? [table, ...series] : [...series, table]);
}

/** Packed, or seldom one by one. */
function references(texts: readonly Uint8Array[], symbols: Symbols, dice: Dice): Uint8Array {
  const all = texts.map((bytes) => symbols.reference(bytes));
  if (dice.chance(0.95)) return field(1, concat(all.map((one) => varint(one))));
  return concat(all.map((one) => varintField(1, one)));
}

function exemplar(dice: Dice, text: (value: string) => number): Uint8Array {
  const labels = [text("trace_id"), text(`t${dice.below(5)}`)];
  const time = varintField(3, 1_700_000_000_000 - dice.below(100_000));
  return field(
    4,
    concat([
      field(1, concat(labels.map((one) => varint(one)))),
      fixed64Field(2, dice.word()),
      time,
    ]),
  );
}

function metadata(dice: Dice, text: (value: string) => number): Uint8Array {
  const help = varintField(3, text(`Help ${dice.below(3)}.`));
  return field(5, concat([varintField(1, dice.below(9)), help, varintField(4, text("seconds"))]));
}

/** Name and value of a label field as the tree has it. */
function textsOf(label: Uint8Array): Uint8Array[] {
  const inner = payloadOf(label);
  const name = payloadOf(inner);
  return [name, payloadOf(inner.subarray(name.byteOffset - inner.byteOffset + name.length))];
}

function payloadOf(encoded: Uint8Array): Uint8Array {
  let length = 0;
  let at = 1;
  for (let shift = 0; ; shift += 7) {
    const byte = encoded[at++]!;
    length |= (byte & 127) << shift;
    if (byte < 128) break;
  }
  return encoded.subarray(at, at + length);
}

function histogramsOf({ others }: RowTree): Uint8Array[] {
  return others.filter(([tag]) => tag === HISTOGRAM_TAG).map((one) => field(3, payloadOf(one)));
}
