// Covers: src/ingest/import/check-timestamp.ts
import { expect, test } from "vitest";
import { JSON_LINES } from "#ingest/import/json-lines.ts";
import { labelsRecord } from "#model/labels.ts";

function read(line: string): unknown {
  return JSON_LINES.read(line, 0).map(({ labels, values, timestamps }) => ({
    labels: { ...labelsRecord(labels) },
    values: [...values],
    timestamps: [...timestamps],
  }));
}

test("a series with its samples", () => {
  const line =
    '{"metric":{"__name__":"up","job":"é","gone":""},"values":[1,-0.5e3],"timestamps":[-5,7]}';
  expect(read(line)).toEqual([
    { labels: { __name__: "up", job: "é" }, values: [1, -500], timestamps: [-5, 7] },
  ]);
  expect(read("  ")).toEqual([]);
});

test.each([
  ['null,"NaN","nan",NaN,nan', [NaN, NaN, NaN, NaN, NaN]],
  ['"Infinity","Inf",inf,+Inf,"+inf",Infinity', [1, 1, 1, 1, 1, 1].map(() => Infinity)],
  ['"-Infinity","-inf",-Inf,-Infinity', [1, 1, 1, 1].map(() => -Infinity)],
  ["-0,0", [-0, 0]],
  ["1e400,5e-324", [Infinity, 5e-324]],
])("values %s", (text, want) => {
  const timestamps = want.map((_, i) => i);
  const line = `{"metric":{"a":"[nan]"},"values":[${text}],"timestamps":[${timestamps}]}`;
  expect(read(line)).toEqual([{ labels: { a: "[nan]" }, values: want, timestamps }]);
});

test.each([
  ["{", "got no JSON"],
  ["[1]", "got no object"],
  ['{"values":[1],"timestamps":[1]}', "got no object metric"],
  ['{"metric":{"a":1},"values":[1],"timestamps":[1]}', 'label "a" with value 1'],
  ['{"metric":{"a":"b"},"values":1,"timestamps":[1]}', "no array values"],
  ['{"metric":{"a":"b"},"values":[1]}', "no array timestamps"],
  ['{"metric":{"a":"b"},"values":[],"timestamps":[]}', "got no values"],
  ['{"metric":{"a":"b"},"values":[1],"timestamps":[1,2]}', "got 2 timestamps for 1 values"],
  ['{"metric":{"a":"b"},"values":["x"],"timestamps":[1]}', 'got "x" as value 1'],
  ['{"metric":{"a":"b"},"values":[1],"timestamps":[1.5]}', "got timestamp 1.5"],
  ['{"metric":{"a":"b"},"values":[1],"timestamps":["1"]}', 'got timestamp "1"'],
  ['{"metric":{"a":"b"},"values":[1],"timestamps":[1e16]}', "want whole milliseconds"],
])("%s is refused", (line, cause) => {
  expect(() => read(line)).toThrow(cause);
});
