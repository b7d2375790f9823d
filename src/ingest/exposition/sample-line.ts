/**
 * Reads the sample of one line: name, labels, value, timestamp. The scanner stands at the name and
 * ends at the end of the line. Throws `ingest.exposition-malformed`.
 */
import { type Labels, labelsOf, METRIC_NAME } from "#model/labels.ts";
import { parseFloat64 } from "#model/parse-float.ts";
import { TIMESTAMP_MS_MAX, TIMESTAMP_MS_MIN } from "#model/refs.ts";
import type { LineScanner } from "./line-scanner.ts";

export interface SampleLine {
  readonly labels: Labels;
  readonly value: number;
  /** Milliseconds; NaN when the line has none. */
  readonly timestampMs: number;
}

type Pair = readonly [name: string, value: string];

export function readSampleLine(scanner: LineScanner, labelsMax: number): SampleLine {
  const pairs: Pair[] = [[METRIC_NAME, scanner.metricName()]];
  if (scanner.blanks().take("{")) readLabels(scanner, pairs, labelsMax);
  const value = readValue(scanner.blanks());
  const timestampMs = readTimestamp(scanner.blanks());
  if (!scanner.blanks().isAtEnd) throw scanner.fail("the end of the line");
  return { labels: labelsOf(pairs), value, timestampMs };
}

function readLabels(scanner: LineScanner, pairs: Pair[], labelsMax: number): void {
  while (!scanner.blanks().take("}")) {
    const name = scanner.labelName();
    if (!scanner.blanks().take("=")) throw scanner.fail("= after a label name");
    const value = scanner.blanks().quoted();
    if (pairs.some(([known]) => known === name)) {
      throw scanner.refuse(`got label ${JSON.stringify(name)} twice, want it once`);
    }
    pairs.push([name, value]);
    if (pairs.length > labelsMax) throw scanner.refuse(`got more than ${labelsMax} labels`);
    if (scanner.blanks().take(",")) continue;
    if (!scanner.take("}")) throw scanner.fail(", or }");
    return;
  }
}

function readValue(scanner: LineScanner): number {
  const before = scanner.rest;
  const value = parseFloat64(scanner.word());
  if (value !== null) return value;
  throw scanner.failAt(before, "a sample value");
}

function readTimestamp(scanner: LineScanner): number {
  if (scanner.isAtEnd) return Number.NaN;
  const before = scanner.rest;
  const word = scanner.word();
  const ms = /^[+-]?\d{1,16}$/.test(word) ? Number(word) : Number.NaN;
  if (ms >= TIMESTAMP_MS_MIN && ms <= TIMESTAMP_MS_MAX) return ms;
  throw scanner.failAt(before, "a timestamp in whole milliseconds");
}
