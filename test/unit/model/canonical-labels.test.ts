import {
  LabelsDecoder,
  decodeLabels,
  describeSeries,
  encodeLabels,
} from "#model/canonical-labels.ts";
import { labelsOf, type Labels } from "#model/labels.ts";
import { expect, test } from "vitest";

const of = (record: Record<string, string>): Labels => labelsOf(Object.entries(record));

const SETS: readonly Labels[] = [
  of({}),
  of({ __name__: "up" }),
  of({ __name__: "up", instance: "10.0.0.1:9100", job: "node" }),
  of({ a: "ä".repeat(63), b: "ä".repeat(64), c: "x".repeat(127), d: "x".repeat(128) }),
  of({ long: "y".repeat(16_383), longer: "z".repeat(16_384), longest: "w".repeat(65_535) }),
  of({ bom: "\ufeffmark", emoji: "😀", nul: "\0" }),
];

test("decoding gives back what was encoded", () => {
  const decoder = new LabelsDecoder();
  for (const labels of [...SETS, ...SETS]) {
    const bytes = encodeLabels(labels);
    expect(decoder.decode(bytes, 0, bytes.length)).toEqual(labels);
    expect(decodeLabels(bytes)).toEqual(labels);
  }
});

test("decodes a range of a larger array, also in shared memory", () => {
  for (const labels of SETS) {
    const bytes = encodeLabels(labels);
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length + 5));
    shared.set(bytes, 3);
    expect(decodeLabels(shared, 3, 3 + bytes.length)).toEqual(labels);
  }
});

test("many different short texts stay apart in the decoder's cache", () => {
  const decoder = new LabelsDecoder();
  for (let i = 0; i < 5000; i++) {
    const labels = of({ __name__: "m", id: String(i), other: String(i * 7919) });
    const bytes = encodeLabels(labels);
    expect(decoder.decode(bytes, 0, bytes.length)).toEqual(labels);
  }
});

test("refuses bytes that are not whole pairs", () => {
  const bytes = encodeLabels(of({ a: "b" }));
  expect(() => decodeLabels(bytes, 0, 3)).toThrow(/canonical labels/);
  expect(() => decodeLabels(bytes, 0, 2)).toThrow(/canonical labels/);
});

test("describes a series as a selector", () => {
  const text = (record: Record<string, string>): string => describeSeries(encodeLabels(of(record)));
  expect(text({ __name__: "up", b: "2", a: 'x"y\n' })).toBe('up{a="x\\"y\\n", b="2"}');
  expect(text({ __name__: "up" })).toBe("up");
  expect(text({})).toBe("{}");
  expect(text({ a: "1" })).toBe('{a="1"}');
  expect(text({ __name__: "job:x:rate5m" })).toBe("job:x:rate5m");
  expect(text({ __name__: "dotted.name", "b.c": "1", z: "2" })).toBe(
    '{"dotted.name", "b.c"="1", z="2"}',
  );
});

test("cuts a long description without splitting a character", () => {
  for (const pad of ["", "x"]) {
    const text = describeSeries(encodeLabels(of({ __name__: "up", a: pad + "😀".repeat(200) })));
    expect(text.length).toBeLessThanOrEqual(256);
    expect(text.length).toBeGreaterThan(250);
    expect(text.isWellFormed()).toBe(true);
    expect(text.endsWith("…")).toBe(true);
  }
});
