/** Canonical labels by example, in both kernels. */
import type { Kernels } from "#kernels/kernel-calls.ts";
import {
  CANONICAL_COLUMNS,
  CANONICAL_COLUMNS_COUNT,
  CANONICAL_FAULT_NAME,
  CANONICAL_FAULT_NAME_BYTES,
  CANONICAL_FAULT_OFFSET,
  CANONICAL_FLAGS,
  CANONICAL_FRAME_BYTES,
  CANONICAL_LABELS_MAX,
  CANONICAL_NAME_BYTES_MAX,
  CANONICAL_NO_LABELS,
  CANONICAL_NO_METRIC_NAME,
  CANONICAL_SOURCE,
  CANONICAL_SOURCE_BYTES,
  CANONICAL_TARGET,
  CANONICAL_TARGET_BYTES,
  CANONICAL_VALUE_BYTES_MAX,
  CANONICAL_WRITTEN,
} from "#kernels/layout/canonical-layout.ts";
import {
  LABELS_FULL,
  LABEL_DUPLICATE,
  LABEL_NAME_EMPTY,
  LABEL_NAME_TOO_LONG,
  LABEL_NAME_UTF8,
  LABEL_STRAY_FIELD,
  LABEL_TARGET_FULL,
  LABEL_TOO_MANY,
  LABEL_VALUE_TOO_LONG,
  LABEL_VALUE_UTF8,
  PROTO_FIELD_TYPE,
  PROTO_TRUNCATED,
} from "#kernels/layout/kernel-codes.ts";
import { expect, test } from "vitest";
import { bothKernels } from "./both-kernels.ts";

const LABELS_MAX = 64;

interface Outcome {
  readonly code: number;
  readonly canonical?: string;
  readonly flags?: number;
  readonly faultOffset?: number;
  readonly name?: string;
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function bytesOf(value: string | Uint8Array): Uint8Array {
  return typeof value === "string" ? new TextEncoder().encode(value) : value;
}

function lengthPrefix(tag: number, bytes: Uint8Array): number[] {
  const { length } = bytes;
  return [tag, ...(length < 128 ? [length] : [(length & 127) | 128, length >> 7]), ...bytes];
}

type Part = string | Uint8Array;

function raw(...pairs: readonly (readonly [Part, Part])[]): Uint8Array {
  const fields = pairs.map(([name, value]) =>
    lengthPrefix(
      0x0a,
      Uint8Array.from([
        ...lengthPrefix(0x0a, bytesOf(name)),
        ...lengthPrefix(0x12, bytesOf(value)),
      ]),
    ),
  );
  return Uint8Array.from(fields.flat());
}

function canonicaliseIn({ memory, calls }: Kernels, source: Uint8Array, room: number): Outcome {
  const frame = memory.allocate("frame", CANONICAL_FRAME_BYTES).offset;
  const at = memory.allocate("source", source.length).offset;
  const target = memory.allocate("target", Math.max(room, 1)).offset;
  const columns = memory.allocate("columns", 4 * CANONICAL_COLUMNS_COUNT * LABELS_MAX).offset;
  const { u8, u32 } = memory.views();
  u8.set(source, at);
  const inputs = [
    [CANONICAL_SOURCE, at],
    [CANONICAL_SOURCE_BYTES, source.length],
    [CANONICAL_TARGET, target],
    [CANONICAL_TARGET_BYTES, room],
    [CANONICAL_COLUMNS, columns],
    [CANONICAL_LABELS_MAX, LABELS_MAX],
    [CANONICAL_NAME_BYTES_MAX, 256],
    [CANONICAL_VALUE_BYTES_MAX, 4096],
  ] as const;
  for (const [field, value] of inputs) u32[(frame + field) / 4] = value;
  const code = calls.canonicaliseLabels(frame);
  const get = (field: number): number => u32[(frame + field) / 4]!;
  const cut = (from: number, count: number): string => text(u8.slice(from, from + count));
  if (code !== 0) {
    const name = cut(get(CANONICAL_FAULT_NAME), get(CANONICAL_FAULT_NAME_BYTES));
    return { code, faultOffset: get(CANONICAL_FAULT_OFFSET), name };
  }
  return {
    code,
    canonical: cut(target, get(CANONICAL_WRITTEN)),
    flags: get(CANONICAL_FLAGS),
  };
}

function canonicalise(source: Uint8Array, room: number = source.length): Outcome {
  const [wasm, twin] = bothKernels().map((kernels) => canonicaliseIn(kernels, source, room));
  expect(twin).toEqual(wasm);
  return wasm!;
}

test("labels are ordered by the bytes of their names", () => {
  const source = raw(["job", "api"], ["__name__", "up"], ["jo", "x"], ["Z", "1"]);
  expect(canonicalise(source)).toEqual({
    code: 0,
    canonical: "\u{1}Z\u{1}1\u{8}__name__\u{2}up\u{2}jo\u{1}x\u{3}job\u{3}api",
    flags: 0,
  });
});

test("empty values are absent labels, whatever their name", () => {
  const source = raw(["__name__", "up"], ["gone", ""], ["", ""], ["__name__", ""]);
  expect(canonicalise(source)).toMatchObject({ code: 0, canonical: "\u{8}__name__\u{2}up" });
});

test("no labels and no metric name are flags", () => {
  const both = CANONICAL_NO_LABELS | CANONICAL_NO_METRIC_NAME;
  expect(canonicalise(raw())).toEqual({ code: 0, canonical: "", flags: both });
  expect(canonicalise(raw(["a", ""]))).toMatchObject({ flags: both });
  expect(canonicalise(raw(["a", "b"]))).toMatchObject({ flags: CANONICAL_NO_METRIC_NAME });
  expect(canonicalise(raw(["__name_", "b"]))).toMatchObject({ flags: CANONICAL_NO_METRIC_NAME });
});

const many = Array.from({ length: 65 }, (_, i) => [`l${i}`, "v"] as const);

test("the limits themselves are allowed", () => {
  expect(canonicalise(raw(...many.slice(0, 64)))).toMatchObject({ code: 0 });
  expect(canonicalise(raw(["n".repeat(256), "v".repeat(4096)]))).toMatchObject({ code: 0 });
});

test.each([
  ["an empty name", raw(["a", "b"], ["", "x"]), LABEL_NAME_EMPTY, 8, ""],
  ["a name of 257 bytes", raw(["n".repeat(257), "v"]), LABEL_NAME_TOO_LONG, 0, "n".repeat(257)],
  ["a value of 4,097 bytes", raw(["a", "v".repeat(4097)]), LABEL_VALUE_TOO_LONG, 0, "a"],
  ["65 labels", raw(...many), LABEL_TOO_MANY, raw(...many.slice(0, 64)).length, "l64"],
  ["a name twice", raw(["b", "1"], ["a", "2"], ["b", "3"]), LABEL_DUPLICATE, 16, "b"],
  ["a name twice in order", raw(["b", "1"], ["b", "1"]), LABEL_DUPLICATE, 8, "b"],
  ["a broken name", raw([Uint8Array.of(0x61, 0xff), "v"]), LABEL_NAME_UTF8, 0, "a\u{fffd}"],
  ["a broken value", raw(["a", Uint8Array.of(0xc0, 0x80)]), LABEL_VALUE_UTF8, 0, "a"],
  ["a cut label", raw(["a", "b"]).subarray(0, 6), PROTO_TRUNCATED, 0, ""],
  ["a cut name", Uint8Array.fromHex("0a030a0261"), PROTO_TRUNCATED, 2, ""],
  ["a name that is a number", Uint8Array.fromHex("0a020801"), PROTO_FIELD_TYPE, 2, ""],
  ["a field that is no label", Uint8Array.fromHex("1200"), LABEL_STRAY_FIELD, 0, ""],
])("refuses %s", (_, source, code, faultOffset, name) => {
  expect(canonicalise(source)).toEqual({ code, faultOffset, name });
});

test("a target that is too short is told from a bad label", () => {
  const source = raw(["a", "b"], ["c", "d"]);
  expect(canonicalise(source, 8)).toMatchObject({ code: 0 });
  expect(canonicalise(source, 7)).toEqual({ code: LABEL_TARGET_FULL, faultOffset: 8, name: "c" });
});

test("the label walk stops where the columns end", () => {
  for (const { memory, calls } of bothKernels()) {
    const source = raw(["a", "b"], ["c", "d"]);
    const at = memory.allocate("source", source.length).offset;
    const columns = memory.allocate("columns", 64).offset;
    const fault = memory.allocate("fault", 4).offset;
    const { u8, u32 } = memory.views();
    u8.set(source, at);
    expect(calls.walkLabels(at, source.length, columns, 2, fault)).toBe(2);
    expect([...u32.subarray(columns / 4, columns / 4 + 8)]).toEqual(
      [4, 12, 1, 1, 7, 15, 1, 1].map((word, i) => (i % 4 < 2 ? at + word : word)),
    );
    expect(calls.walkLabels(at, source.length, columns, 1, fault)).toBe(LABELS_FULL);
    expect(u32[fault / 4]).toBe(8);
  }
});
