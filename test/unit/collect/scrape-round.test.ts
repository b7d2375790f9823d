import { expect, test } from "vitest";
import { scrapeRound } from "#collect/scrape-round.ts";
import { parseExposition } from "#ingest/exposition/parse-exposition.ts";
import { labelsOf, labelValue } from "#model/labels.ts";
import { isStaleAt, wordsOf } from "#model/staleness.ts";

const TARGET = labelsOf([["job", "gyre"]]);

test("rows are the page, then stale markers, then the scrape's own series", () => {
  const first = scrapeRound(
    { page: parseExposition("a 1\nb 2\n"), timestampMs: 1000, durationMs: 7 },
    TARGET,
    new Map(),
  );
  const page = parseExposition("b 3\nc 4 123\n");
  const second = scrapeRound({ page, timestampMs: 2000, durationMs: 8 }, TARGET, first.live);
  const { labels, values, timestamps } = second.columns;
  expect(labels.map((series) => labelValue(series, "__name__"))).toEqual([
    ...["b", "c", "a", "up", "scrape_duration_seconds", "scrape_samples_scraped"],
  ]);
  expect([...timestamps]).toEqual([2000, 123, 2000, 2000, 2000, 2000]);
  expect([...values].toSpliced(2, 1)).toEqual([3, 4, 1, 0.008, 2]);
  expect(isStaleAt(wordsOf(values), 2)).toBe(true);
  expect([...second.live.values()].map((series) => labelValue(series, "__name__"))).toEqual(["b"]);
});

test("what the page says of its metrics goes along", () => {
  const page = parseExposition(
    "# HELP a_total Things.\n# TYPE a_total counter\na_total 1\n# TYPE b untyped\nb 2\nc 3\n",
  );
  const { columns } = scrapeRound({ page, timestampMs: 1, durationMs: 1 }, TARGET, new Map());
  expect(columns.metadata).toEqual([
    { metric: "a_total", type: 1, help: "Things." },
    { metric: "b", type: 0, help: "" },
  ]);
  const down = scrapeRound({ page: null, timestampMs: 1, durationMs: 1 }, TARGET, new Map());
  expect(down.columns.metadata).toEqual([]);
});
