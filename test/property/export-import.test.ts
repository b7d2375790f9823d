/** What an export writes is what an import reads: labels, times and the bits of values. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { csvExport } from "#http/api-v1/export/csv-export.ts";
import { JSON_EXPORT } from "#http/api-v1/export/json-export.ts";
import { TEXT_EXPORT } from "#http/api-v1/export/text-export.ts";
import { parseCsvColumns } from "#ingest/import/csv/csv-columns.ts";
import { csvLines } from "#ingest/import/csv/csv-lines.ts";
import { EXPOSITION_LINES } from "#ingest/import/exposition-lines.ts";
import { JSON_LINES } from "#ingest/import/json-lines.ts";
import type { LineReader } from "#ingest/import/line-reader.ts";
import { type Labels, labelsOf, METRIC_NAME } from "#model/labels.ts";
import { TIMESTAMP_MS_MAX, TIMESTAMP_MS_MIN } from "#model/refs.ts";

const double = fc.oneof(
  fc.double(),
  fc.constantFrom(-0, 0, NaN, Infinity, -Infinity, 5e-324, 2 ** 53, 0.1, 1e21, 1e-7),
);
const ms = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 41 }),
  fc.constantFrom(TIMESTAMP_MS_MIN, TIMESTAMP_MS_MAX, 0, -1),
);
const samples = fc.array(fc.tuple(ms, double), { minLength: 1, maxLength: 30 });
const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/);
const anyText = fc.string({ unit: "binary", minLength: 1, maxLength: 12 });
const labelsOfAny = (nameText: fc.Arbitrary<string>, value: fc.Arbitrary<string>) =>
  fc
    .uniqueArray(fc.tuple(nameText, value), { selector: ([key]) => key, maxLength: 4 })
    .map((pairs) =>
      labelsOf([[METRIC_NAME, "m"], ...pairs.filter(([key]) => key !== METRIC_NAME)]),
    );

function bits(values: readonly number[]): bigint[] {
  return [...new BigUint64Array(Float64Array.from(values).buffer)];
}

type Sample = readonly [ms: number, value: number];
type Read = readonly { labels: Labels; samples: Sample[] }[];

function readBack(reader: LineReader, text: string): Read {
  const lines = text.split("\n").slice(0, -1);
  return lines.flatMap((line) =>
    reader.read(line, 0).map(({ labels, values, timestamps }) => ({
      labels,
      samples: Array.from(values, (value, i) => [timestamps[i]!, value] as const),
    })),
  );
}

function expectSame(read: Read, labels: Labels, want: readonly Sample[]): void {
  const got = read.flatMap((line) => line.samples);
  for (const line of read) expect(line.labels).toEqual(labels);
  expect(got.map(([time]) => time)).toEqual(want.map(([time]) => time));
  expect(bits(got.map(([, value]) => value))).toEqual(bits(want.map(([, value]) => value)));
}

function runOf(labels: Labels, given: readonly Sample[]): Parameters<typeof JSON_EXPORT.write>[0] {
  const values = Float64Array.from(given, ([, value]) => value);
  const timestamps = Float64Array.from(given, ([time]) => time);
  return { labels, timestamps, values, from: 0, to: given.length };
}

test("JSON lines, whatever the labels", () => {
  fc.assert(
    fc.property(labelsOfAny(anyText, anyText), samples, (labels, given) => {
      const text = JSON_EXPORT.write(runOf(labels, given));
      expectSame(readBack(JSON_LINES, text), labels, given);
    }),
  );
});

test("metrics text", () => {
  fc.assert(
    fc.property(labelsOfAny(name, anyText), samples, (labels, given) => {
      const text = TEXT_EXPORT.write(runOf(labels, given));
      expectSame(readBack(EXPOSITION_LINES, text), labels, given);
    }),
  );
});

test("CSV, but for line breaks in labels", () => {
  const value = anyText.filter((text) => !/[\r\n]/.test(text));
  fc.assert(
    fc.property(value, samples, (job, given) => {
      const labels = labelsOf([
        [METRIC_NAME, "m"],
        ["job", job],
      ]);
      const text = csvExport("job,__value__,__timestamp__:unix_ms").write(runOf(labels, given));
      const columns = parseCsvColumns("1:label:job,2:metric:m,3:time:unix_ms");
      expectSame(readBack(csvLines(columns), text), labels, given);
    }),
  );
});
