/**
 * Small bodies that ask for much work: decompressed they are one cheap field over and over, at every
 * place a parser loops. Snappy gets them to one part in twenty, zstd to one in ten thousand.
 */
import type { Dice } from "#test/support/dice.ts";
import { compressed, snappyBytes, zstdBytes, type FuzzBody, type Mutation } from "../fuzz-body.ts";
import { concat, field, labelField, sampleField, varint, varintField } from "../wire.ts";

const SMALL_BYTES = 2000;
const LARGE_BYTES = 400_000;
/** The default limit of a decompressed body. */
const FULL_BYTES = 32 * 1024 * 1024;
const NAME = labelField("__name__", "bulk");
const SAMPLE = sampleField(1_700_000_000_000, 1n);
const EMPTY_LABEL = Uint8Array.of(0x0a, 0);
const EMPTY_SAMPLE = Uint8Array.of(0x12, 0);
const UNKNOWN = varintField(15, 1);
const PADDED_UNKNOWN = concat([varint(0x78, 8), Uint8Array.of(1)]);

/** Decompressed messages of about `bytes`. */
export const BULK_SHAPES: readonly ((bytes: number) => Uint8Array)[] = [
  (bytes) => filled(bytes, Uint8Array.of(0x0a, 0)),
  (bytes) => filled(bytes, UNKNOWN),
  (bytes) => filled(bytes, PADDED_UNKNOWN),
  (bytes) => filled(bytes, Uint8Array.of(0x7a, 0)),
  (bytes) => filled(bytes, Uint8Array.of(0x1a, 0)),
  (bytes) => field(1, concat([NAME, filled(bytes, EMPTY_SAMPLE)])),
  (bytes) => field(1, concat([NAME, filled(bytes, SAMPLE)])),
  (bytes) => field(1, concat([NAME, filled(bytes, Uint8Array.of(0x1a, 0))])),
  (bytes) => field(1, concat([NAME, filled(bytes, Uint8Array.of(0x22, 0))])),
  (bytes) => field(1, concat([NAME, filled(bytes, UNKNOWN), EMPTY_SAMPLE])),
  (bytes) => field(1, concat([filled(bytes, EMPTY_LABEL), EMPTY_SAMPLE])),
  (bytes) => field(1, concat([filled(bytes, labelField("a", "b")), EMPTY_SAMPLE])),
  (bytes) => field(1, concat([filled(bytes, Uint8Array.of(0x0a, 0x80, 0)), EMPTY_SAMPLE])),
  (bytes) => field(1, concat([filled(bytes, Uint8Array.of(0x8a, 0x00, 0)), EMPTY_SAMPLE])),
  (bytes) => field(1, concat([NAME, field(2, filled(bytes, UNKNOWN))])),
  (bytes) => field(1, concat([NAME, field(2, filled(bytes, varintField(2, 1)))])),
  (bytes) => field(1, concat([NAME, field(1, filled(bytes, UNKNOWN)), EMPTY_SAMPLE])),
  (bytes) => field(1, concat([labelField("__name__", new Uint8Array(bytes).fill(97)), SAMPLE])),
  // Labels that lie apart, by samples and by fields nobody knows.
  (bytes) => field(1, filled(bytes, concat([EMPTY_LABEL, EMPTY_SAMPLE]))),
  (bytes) => field(1, filled(bytes, concat([labelField("a", "b"), UNKNOWN]))),
  (bytes) => filled(bytes, field(1, concat([NAME, SAMPLE]))),
  (bytes) => filled(bytes, field(1, concat([labelField("a", "b"), EMPTY_SAMPLE]))),
  (bytes) => distinctRows(bytes),
];

export const BULK: Mutation = {
  name: "bulk",
  make(dice) {
    return compressed(dice, dice.pick(BULK_SHAPES)(bulkBytes(dice)));
  },
};

/** Every shape at the full size, for the start of a run: the worst that one body may cost. */
export function fullBulkBodies(): FuzzBody[] {
  return BULK_SHAPES.flatMap((shape) => {
    const raw = shape(FULL_BYTES - 200);
    return [
      { mutation: BULK.name, encoding: "zstd", bytes: zstdBytes(raw) },
      { mutation: BULK.name, encoding: "snappy", bytes: snappyBytes(raw) },
    ];
  });
}

function bulkBytes(dice: Dice): number {
  if (dice.chance(0.01)) return FULL_BYTES - dice.below(1000);
  return dice.scaled(SMALL_BYTES, LARGE_BYTES);
}

function filled(bytes: number, unit: Uint8Array): Uint8Array {
  const count = Math.max(1, Math.floor(bytes / unit.length));
  return new Uint8Array(Buffer.alloc(count * unit.length, unit));
}

/** Every row another series: the work is in making them. Not more than a node takes at once. */
function distinctRows(bytes: number): Uint8Array {
  const rows: Uint8Array[] = [];
  let size = 0;
  for (let i = 0; size < Math.min(bytes, 400_000); i++) {
    const row = field(1, concat([labelField("__name__", `bulk_${i}`), SAMPLE]));
    rows.push(row);
    size += row.length;
  }
  return concat(rows);
}
