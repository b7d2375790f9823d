/**
 * The text format: what it says, what it refuses, what our own renderer writes.
 * Covers: src/ingest/exposition/
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { EXPOSITION_LIMITS_DEFAULT } from "#ingest/exposition/exposition-limits.ts";
import { parseExposition } from "#ingest/exposition/parse-exposition.ts";
import { labelsOf, labelsRecord } from "#model/labels.ts";
import { renderExposition } from "#runtime/metrics/exposition-text.ts";

interface Row {
  readonly labels: Record<string, string>;
  readonly value: number;
  readonly timestamp: number;
}

function rowsOf(text: string): Row[] {
  const page = parseExposition(text);
  return page.labels.map((labels, i) => ({
    labels: { ...labelsRecord(labels) },
    value: page.values[i]!,
    timestamp: page.timestamps[i]!,
  }));
}

test("a page with everything", () => {
  const page = [
    "# HELP http_requests_total Requests, \\\\ and \\n.",
    "# TYPE http_requests_total counter",
    'http_requests_total{method="post",code="200"} 1027 1395066363000',
    'http_requests_total{method="post",code="400",} 3 -1',
    "",
    "# just a comment",
    "#",
    '  spaced \t { a = "x" , b="y" }  1.5  \r',
    "metric_without_timestamp_and_labels 12.47",
    'escapes{path="C:\\\\DIR\\\\F.TXT",error="line\\n\\"quoted\\""} 1.458255915e9',
    "weird:name +Inf",
    "nan_value NaN",
    'unicode{a="é\u{1f600}"} -Inf',
    "hexadecimal 0x1p-2",
    "last_without_feed 0",
  ].join("\n");
  expect(rowsOf(page)).toEqual([
    row("http_requests_total", { method: "post", code: "200" }, 1027, 1395066363000),
    row("http_requests_total", { method: "post", code: "400" }, 3, -1),
    row("spaced", { a: "x", b: "y" }, 1.5),
    row("metric_without_timestamp_and_labels", {}, 12.47),
    row("escapes", { path: "C:\\DIR\\F.TXT", error: 'line\n"quoted"' }, 1458255915),
    row("weird:name", {}, Infinity),
    row("nan_value", {}, NaN),
    row("unicode", { a: "é\u{1f600}" }, -Infinity),
    row("hexadecimal", {}, 0.25),
    row("last_without_feed", {}, 0),
  ]);
  expect(parseExposition(page).families).toEqual([
    { name: "http_requests_total", type: "counter", help: "Requests, \\ and \n." },
  ]);
});

function row(name: string, labels: object, value: number, timestamp: number = NaN): Row {
  return { labels: { __name__: name, ...labels }, value, timestamp };
}

test("an empty label value is an absent label", () => {
  expect(rowsOf('a{b=""} 1')).toEqual([row("a", {}, 1)]);
});

test.each([
  ["a", "line 1: got the end of the line at column 2, want a sample value"],
  ["ok 1\n1a 2", 'line 2: got "1a 2" at column 1, want a metric name'],
  ["a b", 'line 1: got "b" at column 3, want a sample value'],
  ["a 1 2.5", 'got "2.5" at column 5, want a timestamp in whole milliseconds'],
  ["a 1 9999999999999999", "want a timestamp"],
  ["a 1 2 3", 'got "3" at column 7, want the end of the line'],
  ['a{b="c" 1', 'got "1" at column 9, want , or }'],
  ['a{b "c"} 1', 'got "\\"c\\"} 1" at column 5, want = after a label name'],
  ["a{b=c} 1", 'got "c} 1" at column 5, want a value in quotes'],
  ['a{b="c} 1', "got the end of the line at column 10, want a closing quote"],
  ['a{b="\\t"} 1', 'got "t\\"} 1" at column 7, want one of'],
  ['a{,b="c"} 1', "want a label name"],
  ['a{b="1",b="2"} 1', 'got label "b" twice, want it once'],
  ['a{__name__="x"} 1', 'got label "__name__" twice'],
  ["# TYPE a thing", 'got "thing" at column 10, want one of counter, gauge'],
  ["# TYPE a counter\n# TYPE a counter", "line 2: got TYPE of a twice"],
  ["# HELP a x\n# HELP a y", "line 2: got HELP of a twice"],
  ["# TYPE", "want a metric name"],
])("%j is refused", (text, cause) => {
  expect(() => parseExposition(text)).toThrow(`cannot read metrics: `);
  expect(() => parseExposition(text)).toThrow(cause);
});

test.each([
  [{ bytesMax: 5 }, "aaaa 1", "page of 6 bytes, want at most 5"],
  [{ samplesMax: 1 }, "a 1\nb 1", "line 2: got more than 1 samples"],
  [{ labelsMax: 2 }, 'a{b="1",c="2"} 1', "more than 2 labels"],
  [{ nameCharactersMax: 3 }, "abcd 1", "a metric name of 4 characters, want at most 3"],
  [{ valueCharactersMax: 3 }, 'a{b="abcd"} 1', "a value of at most 3 characters"],
])("limit %j", (limit, text, cause) => {
  expect(() => parseExposition(text, { ...EXPOSITION_LIMITS_DEFAULT, ...limit })).toThrow(cause);
});

test("what our own renderer writes reads back", () => {
  const name = fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,10}$/);
  const labelName = fc.stringMatching(/^[a-z][a-z0-9_]{0,10}$/);
  const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
  const sample = fc.record({
    labels: fc.uniqueArray(fc.tuple(labelName, text), { selector: ([n]) => n, maxLength: 5 }),
    value: fc.double(),
  });
  fc.assert(
    fc.property(name, text, fc.array(sample, { maxLength: 5 }), (family, help, samples) => {
      const written = samples.map((each) => ({ ...each, suffix: "" }));
      const rendered = renderExposition([{ name: family, help, type: "gauge", samples: written }]);
      const page = parseExposition(rendered);
      expect(page.labels).toEqual(
        samples.map(({ labels }) => labelsOf([["__name__", family], ...labels])),
      );
      expect([...page.values]).toEqual(samples.map(({ value }) => value));
      // Blanks before the text belong to the format, not to the text.
      const kept = help.replace(/^[ \t]+/, "");
      expect(page.families).toEqual([{ name: family, type: "gauge", help: kept }]);
    }),
  );
});

test("no text makes it throw anything but its own error", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-c{}=",\\# \n0-9TYPEHL]*$/), (text) => {
      try {
        parseExposition(text);
      } catch (error) {
        expect(error).toMatchObject({ code: "ingest.exposition-malformed" });
      }
    }),
    { numRuns: 1000 },
  );
});
