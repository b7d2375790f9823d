// Covers: src/ingest/exposition/sample-line.ts
import { expect, test } from "vitest";
import { EXPOSITION_LINES } from "#ingest/import/exposition-lines.ts";
import { LineFault } from "#ingest/import/line-fault.ts";
import { labelsRecord } from "#model/labels.ts";

const NOW_MS = 1_700_000_000_000;

function read(line: string): unknown {
  return EXPOSITION_LINES.read(line, NOW_MS).map(({ labels, values, timestamps }) => [
    { ...labelsRecord(labels) },
    values[0],
    timestamps[0],
  ]);
}

test("samples with and without a time; comments and blanks are nothing", () => {
  expect(read('up{job="a\\"b",} NaN 5')).toEqual([[{ __name__: "up", job: 'a"b' }, NaN, 5]]);
  expect(read("x -Inf")).toEqual([[{ __name__: "x" }, -Infinity, NOW_MS]]);
  for (const line of ["", " \t", "# HELP up x", "#"]) expect(read(line)).toEqual([]);
});

test("a fault says where in the line, and leaves the number of the line to others", () => {
  const fault = (): unknown => read('up{job="a"} five');
  expect(fault).toThrow(LineFault);
  expect(fault).toThrow('got "five" at column 13, want a sample value');
  expect(fault).not.toThrow("line 1");
});
