// Covers: src/ingest/import/csv/
import { expect, test } from "vitest";
import { parseCsvColumns } from "#ingest/import/csv/csv-columns.ts";
import { csvLines } from "#ingest/import/csv/csv-lines.ts";
import { labelsRecord } from "#model/labels.ts";

const NOW_MS = 1_700_000_000_000;

function read(format: string, line: string): unknown {
  return csvLines(parseCsvColumns(format))
    .read(line, NOW_MS)
    .map(({ labels, values, timestamps }) => [
      { ...labelsRecord(labels) },
      values[0],
      timestamps[0],
    ]);
}

test("one sample for each metric column", () => {
  const format = "2:metric:ask,3:metric:bid,1:label:ticker,4:label:market,5:time:unix_s";
  const labels = { ticker: "GOOG", market: "NYSE" };
  expect(read(format, "GOOG,1.23,4.56,NYSE,1600000000")).toEqual([
    [{ __name__: "ask", ...labels }, 1.23, 1_600_000_000_000],
    [{ __name__: "bid", ...labels }, 4.56, 1_600_000_000_000],
  ]);
  expect(read(format, "GOOG,,4.56,,1600000000.25,more")).toEqual([
    [{ __name__: "bid", ticker: "GOOG" }, 4.56, 1_600_000_000_250],
  ]);
  expect(read("1:metric:x", "7")).toEqual([[{ __name__: "x" }, 7, NOW_MS]]);
  expect(read("1:metric:x", " ")).toEqual([]);
});

test("fields in quotes", () => {
  const format = "1:label:a,2:metric:m,3:label:b";
  expect(read(format, '"x,""y""",1,\'it\'\'s\'')).toEqual([
    [{ __name__: "m", a: 'x,"y"', b: "it's" }, 1, NOW_MS],
  ]);
  expect(() => read(format, '"x,1,2')).toThrow("no end of the quoted field at column 1");
  expect(() => read(format, '"x"y,1,2')).toThrow('got "y,1,2" behind a quoted field');
});

test.each([
  ["unix_s", "1600000000", 1_600_000_000_000],
  ["unix_s", "-1.5", -1500],
  ["unix_ms", "1600000000123", 1_600_000_000_123],
  ["unix_ns", "1600000000123456789", 1_600_000_000_123],
  ["rfc3339", "2020-09-13T12:26:40.5Z", 1_600_000_000_500],
  ["rfc3339", "2020-09-13T14:26:40+02:00", 1_600_000_000_000],
  ["custom:2006-01-02 15:04:05", "2020-09-13 12:26:40", 1_600_000_000_000],
  ["custom:2006-01-02 15:04:05.999999999Z07:00", "2020-09-13 12:26:40.25Z", 1_600_000_000_250],
  ["custom:2006-01-02 15:04:05.999Z07:00", "2020-09-13 14:26:40+02:00", 1_600_000_000_000],
  ["custom:Mon Jan _2 15:04:05 2006", "Sun Sep 13 12:26:40 2020", 1_600_000_000_000],
  ["custom:Monday 02-Jan-06 15:04:05 -0700", "Sunday 13-Sep-20 10:56:40 -0130", 1_600_000_000_000],
  ["custom:1/2/06 3:04:05 PM", "9/13/20 12:26:40 PM", 1_600_000_000_000],
  ["custom:January 2 2006", "January 1 1970", 0],
])("time %s", (format, text, ms) => {
  expect(read(`1:metric:x,2:time:${format}`, `1,${text}`)).toEqual([[{ __name__: "x" }, 1, ms]]);
});

test.each([
  ["unix_s", "soon"],
  ["unix_ms", "1.5"],
  ["unix_ns", ""],
  ["rfc3339", "2020-02-30T00:00:00Z"],
  ["custom:2006-01-02", "2020-13-01"],
  ["custom:2006-01-02", "2020-12-01x"],
  ["custom:15:04 PM", "13:00 PM"],
  ["custom:15:04Z07:00", "10:00+0200"],
])("%s does not take %j", (format, text) => {
  const line = (): unknown => read(`1:metric:x,2:time:${format}`, `1,"${text} "`);
  expect(line).toThrow("as time, want it in the given format");
});

test.each([
  ["", "want <column>:<type>:<context>"],
  ["1:label:a", "got no metric column"],
  ["0:metric:a", "got column 0, want 1 to 1024"],
  ["1:gauge:a", 'got type "gauge"'],
  ["1:metric:a,2:time:unix", 'got time format "unix"'],
  ["1:metric:a,2:time:custom:-", "got time format"],
  ["1:metric:a,2:time:unix_s,3:time:unix_s", "got a second time column"],
  ["1:metric:a,2:label:b,3:label:b", 'got label "b" twice'],
])("format %j is refused", (format, cause) => {
  expect(() => parseCsvColumns(format)).toThrow(cause);
});

test("a line is named by what is wrong with it", () => {
  expect(() => read("3:metric:x", "1,2")).toThrow("got 2 columns, want 3");
  expect(() => read("1:metric:x", "abc")).toThrow('got "abc" as x, want a number');
});
