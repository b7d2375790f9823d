/**
 * The raw identity table and prediction, as a sequence of requests from senders with an order of
 * their own: wasm and twin against each other, byte for byte, and against a Map.
 * Covers: src/kernels/identity.ts src/kernels/write-request.ts
 */
import {
  IDENTITY_BATCH_ROWS,
  IDENTITY_COUNT,
  IDENTITY_EPOCH,
  IDENTITY_HEADER_BYTES,
  IDENTITY_HITS,
  IDENTITY_MISSES,
  IDENTITY_PREDICTED,
  IDENTITY_TOUCHED,
  IDENTITY_UNKNOWN,
} from "#kernels/layout/identity-layout.ts";
import { WALK_IDS, WALK_LABELS_BYTES, WALK_LABELS_OFFSET } from "#kernels/layout/walk-layout.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { FUZZ_RUNS } from "./kernel-pair.ts";
import { field, varint } from "./proto-arbitraries.ts";
import { WalkPair } from "./walk-pair.ts";

const walk = new WalkPair();
const { pair } = walk;
const TABLE_BYTES = 32_768;
const table = pair.region("identity table", TABLE_BYTES);
const ROOM = { rows: 64, samples: 256, ranges: 64, scratch: 16_384 };
const encoder = new TextEncoder();

/** Label bytes of the series number `i`, of very different lengths. */
function labelsOf(i: number): number[] {
  const value = `series ${i} ${"x".repeat((i * 37) % 170)}`;
  return field(1, 2, [
    ...field(1, 2, [97]),
    ...field(2, 2, [...encoder.encode(value)]),
  ]) as number[];
}

/** How the series is sent: usual, or with fields where no one expects them. */
type Shape = "usual" | "sample first" | "label split" | "no sample" | "unknown after";

const encoded = new Map<string, number[]>();

function seriesBytes(i: number, shape: Shape): number[] {
  return encoded.getOrInsertComputed(`${i} ${shape}`, () => encodeSeries(i, shape));
}

function encodeSeries(i: number, shape: Shape): number[] {
  const labels = labelsOf(i);
  const sample = field(2, 2, [9, 0, 0, 0, 0, 0, 0, 240, 63, 16, ...varint(1_700_000_000_000n)]);
  const more = field(1, 2, [...field(1, 2, [98]), ...field(2, 2, [99])]);
  const parts: Record<Shape, readonly (readonly number[])[]> = {
    usual: [labels, sample],
    "sample first": [sample, labels],
    "label split": [labels, sample, more],
    "no sample": [labels],
    "unknown after": [labels, field(9, 0, [1]), sample],
  };
  return field(1, 2, parts[shape].flat()) as number[];
}

/** What identifies the row: the shape matters only where it changes the labels. */
function keyOf(scope: number, i: number, shape: Shape): string {
  return `${scope} ${i} ${shape === "label split" ? "b" : ""}`;
}

interface Step {
  readonly rows: readonly (readonly [series: number, shape: Shape])[];
  readonly scope: number;
  readonly resume: boolean;
  readonly clear: boolean;
}

const shape = fc.oneof(
  { weight: 9, arbitrary: fc.constant<Shape>("usual") },
  fc.constantFrom<Shape>("sample first", "label split", "no sample", "unknown after"),
);
/** Runs of neighbours, as scrapes give them, and lone series. */
const rows = fc
  .array(fc.tuple(fc.nat(130), fc.integer({ min: 1, max: 12 }), shape), { maxLength: 8 })
  .map((runs) =>
    runs
      .flatMap(([first, count, how]) =>
        Array.from({ length: count }, (_, k) => [(first + k) % 130, how] as const),
      )
      .slice(0, ROOM.rows),
  );
const step: fc.Arbitrary<Step> = fc.record({
  rows,
  scope: fc.constantFrom(0, 0, 0, 7),
  resume: fc.boolean(),
  clear: fc.integer({ min: 0, max: 15 }).map((n) => n === 0),
});

function open(seed: number): void {
  const isOpen = pair.call((calls) => calls.identityInit(table.offset, TABLE_BYTES, seed, ~seed));
  expect(isOpen).toBe(true);
}

function counter(at: number): number {
  pair.expectSame(table.offset + at, 8);
  return pair.wasm.memory.views().f64[(table.offset + at) / 8]!;
}

/** Everything but the working columns of the lookup, which have no meaning afterwards. */
function compareTables(): void {
  pair.expectSame(table.offset, IDENTITY_TOUCHED);
  pair.expectSame(table.offset + IDENTITY_HITS, IDENTITY_BATCH_ROWS - IDENTITY_HITS);
  const from = IDENTITY_HEADER_BYTES;
  pair.expectSame(table.offset + from, TABLE_BYTES - from);
  pair.expectCanaries(table);
}

class Model {
  ids = new Map<string, number>();
  found = 0;
  missed = 0;
}

/** One request through walk, lookup, insert and link; returns the id to resume from. */
function take(model: Model, { rows: list, scope, resume, clear }: Step, last: number): number {
  if (clear) {
    pair.call((calls) => calls.identityClear(table.offset));
    model.ids.clear();
  }
  const bytes = Uint8Array.from(list.flatMap(([i, how]) => seriesBytes(i, how)));
  const previous = resume && !clear ? last : IDENTITY_UNKNOWN;
  const predictedBefore = counter(IDENTITY_PREDICTED);
  const result = walk.run(bytes, ROOM, { table: table.offset, scope, previous });
  expect(result.code).toBe(0);
  expect(counter(IDENTITY_PREDICTED) - predictedBefore).toBe(result.predicted);
  const ids = walk.column(WALK_IDS).offset;
  const offsets = walk.column(WALK_LABELS_OFFSET).offset;
  const lengths = walk.column(WALK_LABELS_BYTES).offset;
  const want = list.map(([i, how]) => model.ids.get(keyOf(scope, i, how)) ?? IDENTITY_UNKNOWN);
  const unknown = pair.call((calls) =>
    calls.identityLookup(table.offset, scope, offsets, lengths, ids, list.length),
  );
  expect(list.map((_, row) => pair.u32(ids + 4 * row))).toEqual(want);
  expect(unknown).toBe(want.filter((id) => id === IDENTITY_UNKNOWN).length);
  model.found += list.length - unknown - result.predicted;
  model.missed += unknown;
  const since = model.ids.size;
  for (const [row, [i, how]] of list.entries()) {
    if (want[row] !== IDENTITY_UNKNOWN) continue;
    insert(model, keyOf(scope, i, how), scope, pair.u32(offsets + 4 * row), row, since);
  }
  const end = pair.call((calls) => calls.identityLink(table.offset, ids, list.length, previous));
  compareTables();
  return end;
}

function insert(
  model: Model,
  key: string,
  scope: number,
  source: number,
  row: number,
  since: number,
): void {
  const bytes = pair.u32(walk.column(WALK_LABELS_BYTES).offset + 4 * row);
  const id = pair.call((calls) => calls.identityInsert(table.offset, scope, source, bytes, since));
  // A refused insert leaves the row unknown; the same series again gets the same answer.
  if (id !== IDENTITY_UNKNOWN) {
    expect(id).toBe(model.ids.get(key) ?? model.ids.size);
    model.ids.set(key, id);
  }
  pair.setU32(walk.column(WALK_IDS).offset + 4 * row, id);
  const found = pair.call((calls) => calls.identityFind(table.offset, scope, source, bytes));
  expect(found).toBe(id);
}

test("ids are those of a Map, whatever was predicted", () => {
  let fullTables = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), fc.nat(0xffff_ffff), (steps, seed) => {
      open(seed);
      const model = new Model();
      let last = IDENTITY_UNKNOWN;
      for (const one of steps) last = take(model, one, last);
      expect(counter(IDENTITY_HITS)).toBe(model.found);
      expect(counter(IDENTITY_MISSES)).toBe(model.missed);
      expect(pair.u32(table.offset + IDENTITY_COUNT)).toBe(model.ids.size);
      if (model.ids.size > 100) fullTables++;
    }),
    { numRuns: Math.ceil(FUZZ_RUNS / 4) },
  );
  expect(fullTables).toBeGreaterThan(0);
});

test("a repeated order is predicted, also from one request to the next", () => {
  open(1);
  const model = new Model();
  const list = Array.from({ length: 40 }, (_, i) => [i, "usual"] as const);
  const request: Step = { rows: list, scope: 0, resume: true, clear: false };
  const last = take(model, request, IDENTITY_UNKNOWN);
  const before = counter(IDENTITY_PREDICTED);
  take(model, { ...request, resume: false }, last);
  expect(counter(IDENTITY_PREDICTED) - before).toBe(39);
  take(model, request, last);
  // The step from the last row to the first was new; from now on it is expected, too.
  expect(counter(IDENTITY_PREDICTED) - before).toBe(78);
  take(model, request, last);
  expect(counter(IDENTITY_PREDICTED) - before).toBe(118);
});

test("clearing moves the epoch and empties the table", () => {
  open(2);
  const epoch = pair.u32(table.offset + IDENTITY_EPOCH);
  const model = new Model();
  const request: Step = { rows: [[1, "usual"]], scope: 0, resume: false, clear: false };
  take(model, request, IDENTITY_UNKNOWN);
  take(model, { ...request, clear: true }, IDENTITY_UNKNOWN);
  expect(pair.u32(table.offset + IDENTITY_EPOCH)).toBe(epoch + 1);
  expect(pair.u32(table.offset + IDENTITY_COUNT)).toBe(1);
});

test("a region that is too small is refused", () => {
  expect(pair.call((calls) => calls.identityInit(table.offset, 32_767, 0, 0))).toBe(false);
});
