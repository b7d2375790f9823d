/** What counts as the predicted series: the same bytes of the same scope, all of them, no more. */
import type { Kernels } from "#kernels/kernel-calls.ts";
import { IDENTITY_PREDICTED, IDENTITY_UNKNOWN } from "#kernels/layout/identity-layout.ts";
import {
  WALK_FIELDS_MAX,
  WALK_FIELD_TOTAL,
  WALK_FRAME_BYTES,
  WALK_IDS,
  WALK_LABELS_BYTES,
  WALK_LABELS_OFFSET,
  WALK_PREDICTED,
  WALK_PREVIOUS_ID,
  WALK_ROWS_MAX,
  WALK_SAMPLES_MAX,
  WALK_SAMPLE_STARTS,
  WALK_SAMPLE_TOTAL,
  WALK_SCOPE,
  WALK_SCRATCH,
  WALK_SCRATCH_BYTES,
  WALK_SOURCE,
  WALK_SOURCE_BYTES,
  WALK_TABLE,
  WALK_TIMES,
  WALK_VALUES,
} from "#kernels/layout/walk-layout.ts";
import { expect, test } from "vitest";
import { bothKernels } from "./both-kernels.ts";

const TABLE_BYTES = 131_072;
const SAMPLE = [...Uint8Array.fromHex("121009000000000000f03f1080d095ffbc31")];
const LENGTHS = Array.from({ length: 200 }, (_, i) => i);

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, value >> 7];
}

/** A label field with `length` bytes inside, which the walk does not look into. */
function label(length: number, changedAt: number = -1): number[] {
  const inside = Array.from({ length }, (_, i) => (i === changedAt ? 0x62 : 0x61));
  return [0x0a, ...varint(length), ...inside];
}

function series(...parts: readonly (readonly number[])[]): number[] {
  const body = parts.flat();
  return [0x0a, ...varint(body.length), ...body];
}

/** A table that has seen, in this order, a first series and one with the label bytes given. */
class Expecting {
  readonly #kernels: Kernels;
  readonly #frame: number;
  readonly #source: number;
  readonly #table: number;
  #ids = 0;

  constructor(kernels: Kernels) {
    const { memory } = kernels;
    this.#kernels = kernels;
    this.#frame = memory.allocate("frame", WALK_FRAME_BYTES).offset;
    this.#source = memory.allocate("source", 4096).offset;
    this.#table = memory.allocate("table", TABLE_BYTES).offset;
    const columns = [WALK_SCRATCH, WALK_LABELS_OFFSET, WALK_LABELS_BYTES, WALK_SAMPLE_STARTS];
    for (const field of [...columns, WALK_IDS, WALK_TIMES, WALK_VALUES]) {
      this.#set(field, memory.allocate(`column ${field}`, 4096).offset);
    }
    this.#set(WALK_SCRATCH_BYTES, 4096);
    this.#set(WALK_ROWS_MAX, 8);
    this.#set(WALK_SAMPLES_MAX, 8);
    this.#set(WALK_FIELDS_MAX, 8);
    this.#set(WALK_TABLE, this.#table);
    this.#ids = memory.views().u32[(this.#frame + WALK_IDS) / 4]!;
  }

  /** Ids 0 and 1, where 1 followed 0, both of scope 5. */
  learn(labels: readonly number[]): void {
    const { calls, memory } = this.#kernels;
    calls.identityInit(this.#table, TABLE_BYTES, 1, 2);
    memory.views().u8.set(labels, this.#source);
    calls.identityInsert(this.#table, 5, this.#source, 0, 0);
    calls.identityInsert(this.#table, 5, this.#source, labels.length, 0);
    memory.views().u32.set([0, 1], this.#ids / 4);
    calls.identityLink(this.#table, this.#ids, 2, IDENTITY_UNKNOWN);
  }

  /** Walks one series after id 0; its id, and whether it was predicted. */
  see(bytes: readonly number[], scope: number = 5): { id: number; isPredicted: boolean } {
    const { calls, memory } = this.#kernels;
    const { u8, u32, f64 } = memory.views();
    u8.set(bytes, this.#source);
    this.#set(WALK_SOURCE, this.#source);
    this.#set(WALK_SOURCE_BYTES, bytes.length);
    this.#set(WALK_SCOPE, scope);
    this.#set(WALK_PREVIOUS_ID, 0);
    const before = f64[(this.#table + IDENTITY_PREDICTED) / 8]!;
    expect(calls.walkWriteRequest(this.#frame)).toBe(0);
    const predicted = u32[(this.#frame + WALK_PREDICTED) / 4]!;
    expect(f64[(this.#table + IDENTITY_PREDICTED) / 8]! - before).toBe(predicted);
    return { id: u32[this.#ids / 4]!, isPredicted: predicted === 1 };
  }

  /** Time and value words of the last walk's first sample, and how many samples it found. */
  get sample(): readonly number[] {
    const { u32, f64 } = this.#kernels.memory.views();
    const at = (field: number): number => u32[(this.#frame + field) / 4]!;
    const value = at(WALK_VALUES) / 4;
    return [at(WALK_SAMPLE_TOTAL), f64[at(WALK_TIMES) / 8]!, u32[value]!, u32[value + 1]!];
  }

  /** Odd fields of the last walk. */
  get oddFields(): number {
    return this.#kernels.memory.views().u32[(this.#frame + WALK_FIELD_TOTAL) / 4]!;
  }

  #set(field: number, value: number): void {
    this.#kernels.memory.views().u32[(this.#frame + field) / 4] = value;
  }
}

const PREDICTED = { id: 1, isPredicted: true };
const NOT_KNOWN = { id: IDENTITY_UNKNOWN, isPredicted: false };

test("the sample of a predicted row is read whatever its encoding", () => {
  const timeMs = 1_700_000_000_000;
  const cases: readonly (readonly [string, readonly number[]])[] = [
    ["121009000000000000f03f1080d095ffbc31", [1, timeMs, 0, 0x3ff0_0000]],
    // A stale marker.
    ["121009020000000000f07f1080d095ffbc31", [1, timeMs, 2, 0x7ff0_0000]],
    // Value 0, left out.
    ["12071080d095ffbc31", [1, timeMs, 0, 0]],
    // As long as the usual ones, but with the fields in another order, or a time twice.
    ["12101080d095ffbc3109000000000000f03f", [1, timeMs, 0, 0x3ff0_0000]],
    ["120710c0843d10c001", [1, 192, 0, 0]],
    ["120410c0843d", [1, 1_000_000, 0, 0]],
  ];
  for (const expecting of bothKernels().map((kernels) => new Expecting(kernels))) {
    for (const [hex, want] of cases) {
      expecting.learn(label(80));
      const sample = [...Uint8Array.fromHex(hex)];
      expect(expecting.see(series(label(80), sample)), hex).toEqual(PREDICTED);
      expect(expecting.sample, hex).toEqual(want);
    }
  }
});

test("the same bytes are predicted, at every length", () => {
  for (const expecting of bothKernels().map((kernels) => new Expecting(kernels))) {
    for (const length of LENGTHS) {
      expecting.learn(label(length));
      expect(expecting.see(series(label(length), SAMPLE)), `length ${length}`).toEqual(PREDICTED);
      expect(expecting.see(series(label(length)))).toEqual(PREDICTED);
    }
  }
});

test("one byte that differs, anywhere, is another series", () => {
  for (const expecting of bothKernels().map((kernels) => new Expecting(kernels))) {
    for (const length of LENGTHS) {
      expecting.learn(label(length));
      for (let at = length & 3; at < length; at += 4) {
        const seen = expecting.see(series(label(length, at), SAMPLE));
        if (seen.id !== IDENTITY_UNKNOWN)
          expect(seen, `byte ${at} of ${length}`).toEqual(NOT_KNOWN);
      }
      if (length > 0) {
        const last = expecting.see(series(label(length, length - 1), SAMPLE));
        expect(last, `last byte of ${length}`).toEqual(NOT_KNOWN);
      }
    }
  }
});

test("the same bytes of another scope are another series", () => {
  for (const expecting of bothKernels().map((kernels) => new Expecting(kernels))) {
    expecting.learn(label(40));
    expect(expecting.see(series(label(40), SAMPLE), 6)).toEqual(NOT_KNOWN);
  }
});

test("a label more, wherever it stands, is another series", () => {
  for (const expecting of bothKernels().map((kernels) => new Expecting(kernels))) {
    expecting.learn(label(40));
    const more = label(3);
    const wideMore = [0x0a, 0x83, 0, ...more.slice(2)];
    for (const extra of [more, wideMore]) {
      expect(expecting.see(series(label(40), extra, SAMPLE))).toEqual(NOT_KNOWN);
      expect(expecting.see(series(label(40), SAMPLE, extra))).toEqual(NOT_KNOWN);
      expect(expecting.see(series(extra, label(40), SAMPLE))).toEqual(NOT_KNOWN);
    }
    expect(expecting.see(series(SAMPLE, label(40)))).toEqual(PREDICTED);
    expect(expecting.see(series(label(40), [0x48, 1], SAMPLE))).toEqual(PREDICTED);
  }
});

test("the labels of a predicted series are not looked at, so they are not odd", () => {
  for (const expecting of bothKernels().map((kernels) => new Expecting(kernels))) {
    const wide = [0x0a, 0x83, 0, ...label(3).slice(2)];
    expecting.learn(wide);
    expect(expecting.see(series(wide, SAMPLE))).toEqual(PREDICTED);
    expect(expecting.oddFields).toBe(0);
    expecting.see(series(wide, wide, SAMPLE));
    expect(expecting.oddFields).toBe(1);
    expecting.see(series(SAMPLE, wide));
    expect(expecting.oddFields).toBe(1);
  }
});

test("a series known from elsewhere is found, though not predicted", () => {
  for (const expecting of bothKernels().map((kernels) => new Expecting(kernels))) {
    expecting.learn(label(40));
    expect(expecting.see(series(SAMPLE))).toEqual({ id: 0, isPredicted: false });
  }
});
