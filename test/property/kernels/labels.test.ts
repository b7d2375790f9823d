/**
 * Label walk and canonical form: wasm against twin on any label bytes, and both against a plain
 * model of the rules on well-formed ones.
 * Covers: src/kernels/labels.ts
 */
import { isUtf8 } from "#base/bytes/utf8.ts";
import {
  CANONICAL_COLUMNS,
  CANONICAL_COLUMNS_COUNT,
  CANONICAL_FAULT_NAME,
  CANONICAL_FAULT_NAME_BYTES,
  CANONICAL_FAULT_OFFSET,
  CANONICAL_FAULT_VALUE,
  CANONICAL_FAULT_VALUE_BYTES,
  CANONICAL_FLAGS,
  CANONICAL_FRAME_BYTES,
  CANONICAL_LABELS_MAX,
  CANONICAL_LABEL_COUNT,
  CANONICAL_NAME_BYTES_MAX,
  CANONICAL_NO_LABELS,
  CANONICAL_NO_METRIC_NAME,
  CANONICAL_SOURCE,
  CANONICAL_SOURCE_BYTES,
  CANONICAL_TARGET,
  CANONICAL_TARGET_BYTES,
  CANONICAL_VALUE_BYTES_MAX,
  CANONICAL_WRITTEN,
  LABEL_COLUMNS_COUNT,
} from "#kernels/layout/canonical-layout.ts";
import {
  LABEL_DUPLICATE,
  LABEL_NAME_EMPTY,
  LABEL_NAME_TOO_LONG,
  LABEL_NAME_UTF8,
  LABEL_TOO_MANY,
  LABEL_VALUE_TOO_LONG,
  LABEL_VALUE_UTF8,
} from "#kernels/layout/kernel-codes.ts";
import { encodeLabels } from "#model/canonical-labels.ts";
import { labelsOf } from "#model/labels.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { FUZZ_RUNS, KernelPair } from "./kernel-pair.ts";
import { field, labelField, spoiled } from "./proto-arbitraries.ts";

const pair = new KernelPair();
const SOURCE_BYTES = 4096;
const LABELS_MAX = 8;
const NAME_BYTES_MAX = 16;
const VALUE_BYTES_MAX = 130;
const source = pair.region("source", SOURCE_BYTES);
const target = pair.region("target", SOURCE_BYTES);
const columns = pair.region("columns", 4 * CANONICAL_COLUMNS_COUNT * LABELS_MAX);
const frame = pair.region("frame", CANONICAL_FRAME_BYTES);
const fault = pair.region("fault", 4);
const regions = [source, target, columns, frame, fault];

function canonicalise(raw: Uint8Array, room: number = target.bytes): number {
  pair.write(source.offset, raw);
  pair.fill(frame, 0);
  const inputs = [
    [CANONICAL_SOURCE, source.offset],
    [CANONICAL_SOURCE_BYTES, raw.length],
    [CANONICAL_TARGET, target.offset],
    [CANONICAL_TARGET_BYTES, room],
    [CANONICAL_COLUMNS, columns.offset],
    [CANONICAL_LABELS_MAX, LABELS_MAX],
    [CANONICAL_NAME_BYTES_MAX, NAME_BYTES_MAX],
    [CANONICAL_VALUE_BYTES_MAX, VALUE_BYTES_MAX],
  ] as const;
  for (const [at, value] of inputs) pair.setU32(frame.offset + at, value);
  const code = pair.call((calls) => calls.canonicaliseLabels(frame.offset));
  pair.expectSame(frame.offset, frame.bytes);
  pair.expectCanaries(...regions);
  if (code === 0) {
    pair.expectSame(target.offset, result(CANONICAL_WRITTEN));
    for (let column = 0; column < CANONICAL_COLUMNS_COUNT; column++) {
      const at = columns.offset + 4 * column * LABELS_MAX;
      pair.expectSame(at, 4 * result(CANONICAL_LABEL_COUNT));
    }
  }
  return code;
}

function result(at: number): number {
  return pair.u32(frame.offset + at);
}

type TextPair = readonly [name: Uint8Array, value: Uint8Array];

const encoder = new TextEncoder();
const text = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom("a", "ab", "b", "__name__", "job", "é", "\u{ff5e}", "😀"),
  },
  { weight: 2, arbitrary: fc.string({ maxLength: 4 }) },
  { weight: 1, arbitrary: fc.constantFrom("", "n".repeat(16), "n".repeat(17), "v".repeat(131)) },
);
const bytesOfText = fc.oneof(
  { weight: 12, arbitrary: text.map((string) => encoder.encode(string)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 5 }) },
);
const pairs: fc.Arbitrary<TextPair[]> = fc.array(fc.tuple(bytesOfText, bytesOfText), {
  maxLength: 10,
});

function rawOf(labels: readonly TextPair[]): Uint8Array {
  return Uint8Array.from(
    labels.flatMap(([name, value]) =>
      field(1, 2, [...field(1, 2, [...name]), ...field(2, 2, [...value])]),
    ),
  );
}

/** The rules of the canonical form, label by label and then for the set. */
function judge(labels: readonly TextPair[]): number {
  const kept: string[] = [];
  for (const [name, value] of labels) {
    if (value.length === 0) continue;
    if (kept.length === LABELS_MAX) return LABEL_TOO_MANY;
    if (name.length === 0) return LABEL_NAME_EMPTY;
    if (name.length > NAME_BYTES_MAX) return LABEL_NAME_TOO_LONG;
    if (value.length > VALUE_BYTES_MAX) return LABEL_VALUE_TOO_LONG;
    if (!isUtf8(name)) return LABEL_NAME_UTF8;
    if (!isUtf8(value)) return LABEL_VALUE_UTF8;
    kept.push(Buffer.from(name).toString("hex"));
  }
  return new Set(kept).size === kept.length ? 0 : LABEL_DUPLICATE;
}

test("well-formed labels are judged and ordered by the rules", () => {
  const seen = new Set<number>();
  fc.assert(
    fc.property(pairs, (labels) => {
      const code = canonicalise(rawOf(labels));
      seen.add(code);
      expect(code).toBe(judge(labels));
      if (code !== 0) return;
      const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
      const kept = labelsOf(
        labels.map(([n, v]) => [decoder.decode(n), decoder.decode(v)] as const),
      );
      const want = encodeLabels(kept);
      const got = pair.bytes(target.offset, result(CANONICAL_WRITTEN));
      expect(Buffer.from(got).toString("hex")).toBe(Buffer.from(want).toString("hex"));
      expect(result(CANONICAL_LABEL_COUNT)).toBe(kept.length / 2);
      const flags =
        (kept.length === 0 ? CANONICAL_NO_LABELS : 0) |
        (kept.some((part, i) => i % 2 === 0 && part === "__name__") ? 0 : CANONICAL_NO_METRIC_NAME);
      expect(result(CANONICAL_FLAGS)).toBe(flags);
    }),
    { numRuns: FUZZ_RUNS },
  );
  expect(seen.size).toBeGreaterThanOrEqual(8);
});

test("a refused label is named", () => {
  fc.assert(
    fc.property(pairs, (labels) => {
      if (canonicalise(rawOf(labels)) === 0) return;
      const at = result(CANONICAL_FAULT_OFFSET);
      const index = labels.findIndex((_, i) => rawOf(labels.slice(0, i)).length === at);
      const [name, value] = labels[index]!;
      const part = (from: number, count: number): Buffer =>
        Buffer.from(pair.bytes(result(from), result(count)));
      expect(part(CANONICAL_FAULT_NAME, CANONICAL_FAULT_NAME_BYTES).equals(name)).toBe(true);
      expect(part(CANONICAL_FAULT_VALUE, CANONICAL_FAULT_VALUE_BYTES).equals(value)).toBe(true);
    }),
    { numRuns: FUZZ_RUNS },
  );
});

const rawLabels = fc.array(labelField, { maxLength: 10 }).map((fields) => fields.flat());

test("wasm and twin agree on spoiled label bytes and short targets", () => {
  const room = fc.oneof(fc.constant(target.bytes), fc.nat(60));
  fc.assert(
    fc.property(fc.oneof(rawLabels, spoiled(rawLabels)), room, (raw, targetBytes) => {
      canonicalise(Uint8Array.from(raw), targetBytes);
    }),
    { numRuns: FUZZ_RUNS },
  );
});

test("the label walk agrees, too", () => {
  fc.assert(
    fc.property(fc.oneof(rawLabels, spoiled(rawLabels)), fc.nat(LABELS_MAX), (raw, labelsMax) => {
      pair.write(source.offset, Uint8Array.from(raw));
      pair.fill(fault, 0);
      const count = pair.call((calls) =>
        calls.walkLabels(source.offset, raw.length, columns.offset, labelsMax, fault.offset),
      );
      pair.expectSame(fault.offset, 4);
      for (let column = 0; column < LABEL_COLUMNS_COUNT; column++) {
        pair.expectSame(columns.offset + 4 * column * labelsMax, 4 * Math.max(0, count));
      }
      pair.expectCanaries(...regions);
    }),
    { numRuns: FUZZ_RUNS },
  );
});

test("the label walk gives names and values as they were written", () => {
  fc.assert(
    fc.property(pairs, (all) => {
      const labels = all.slice(0, LABELS_MAX);
      const raw = rawOf(labels);
      pair.write(source.offset, raw);
      const count = pair.call((calls) =>
        calls.walkLabels(source.offset, raw.length, columns.offset, LABELS_MAX, fault.offset),
      );
      expect(count).toBe(labels.length);
      const cell = (column: number, i: number): number =>
        pair.u32(columns.offset + 4 * (column * LABELS_MAX + i));
      for (const [i, [name, value]] of labels.entries()) {
        expect(Buffer.from(pair.bytes(cell(0, i), cell(1, i))).equals(name)).toBe(true);
        expect(Buffer.from(pair.bytes(cell(2, i), cell(3, i))).equals(value)).toBe(true);
      }
    }),
    { numRuns: FUZZ_RUNS / 4 },
  );
});
