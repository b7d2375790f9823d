/**
 * The Prometheus text format 0.0.4. A page is all or nothing: one malformed line refuses it, because
 * half a page would look like vanished series. Lines end in `\n`; a `\r` before it is dropped.
 */
import { type Labels, labelsOf, METRIC_NAME } from "#model/labels.ts";
import { parseFloat64 } from "#model/parse-float.ts";
import { TIMESTAMP_MS_MAX, TIMESTAMP_MS_MIN } from "#model/refs.ts";
import { expositionError } from "./exposition-errors.ts";
import { EXPOSITION_LIMITS_DEFAULT, type ExpositionLimits } from "./exposition-limits.ts";
import type { ExpositionPage } from "./exposition-page.ts";
import { FamilyList } from "./family-list.ts";
import { LineScanner } from "./line-scanner.ts";

const INITIAL_SAMPLES = 1024;

/** Throws `ingest.exposition-malformed`. */
export function parseExposition(
  text: string,
  limits: ExpositionLimits = EXPOSITION_LIMITS_DEFAULT,
): ExpositionPage {
  if (text.length > limits.bytesMax) {
    throw expositionError(1, `got a page of ${text.length} bytes, want at most ${limits.bytesMax}`);
  }
  return new PageReader(text, limits).read();
}

class PageReader {
  readonly #text: string;
  readonly #limits: ExpositionLimits;
  readonly #families: FamilyList = new FamilyList();
  readonly #labels: Labels[] = [];
  #values: Float64Array = new Float64Array(INITIAL_SAMPLES);
  #timestamps: Float64Array = new Float64Array(INITIAL_SAMPLES);

  constructor(text: string, limits: ExpositionLimits) {
    this.#text = text;
    this.#limits = limits;
  }

  read(): ExpositionPage {
    const text = this.#text;
    let line = 1;
    for (let start = 0; start < text.length; line++) {
      const feed = text.indexOf("\n", start);
      const end = feed < 0 ? text.length : feed;
      const isCrLf = end > start && text.charCodeAt(end - 1) === 0x0d;
      this.#readLine(text.slice(start, isCrLf ? end - 1 : end), line);
      start = end + 1;
    }
    const count = this.#labels.length;
    return {
      labels: this.#labels,
      values: this.#values.slice(0, count),
      timestamps: this.#timestamps.slice(0, count),
      families: this.#families.list(),
    };
  }

  #readLine(text: string, line: number): void {
    const scanner = new LineScanner(text, line, this.#limits).blanks();
    if (scanner.isAtEnd) return;
    if (scanner.take("#")) this.#families.readComment(scanner, line);
    else this.#readSample(scanner, line);
  }

  #readSample(scanner: LineScanner, line: number): void {
    if (this.#labels.length >= this.#limits.samplesMax) {
      throw expositionError(line, `got more than ${this.#limits.samplesMax} samples`);
    }
    const pairs: (readonly [string, string])[] = [[METRIC_NAME, scanner.metricName()]];
    if (scanner.blanks().take("{")) this.#readLabels(scanner, pairs, line);
    const index = this.#nextIndex();
    this.#values[index] = readValue(scanner.blanks());
    this.#timestamps[index] = readTimestamp(scanner.blanks());
    if (!scanner.blanks().isAtEnd) throw scanner.fail("the end of the line");
    this.#labels.push(labelsOf(pairs));
  }

  #readLabels(scanner: LineScanner, pairs: (readonly [string, string])[], line: number): void {
    while (!scanner.blanks().take("}")) {
      const name = scanner.labelName();
      if (!scanner.blanks().take("=")) throw scanner.fail("= after a label name");
      const value = scanner.blanks().quoted();
      if (pairs.some(([known]) => known === name)) {
        throw expositionError(line, `got label ${JSON.stringify(name)} twice, want it once`);
      }
      pairs.push([name, value]);
      if (pairs.length > this.#limits.labelsMax) {
        throw expositionError(line, `got more than ${this.#limits.labelsMax} labels`);
      }
      if (scanner.blanks().take(",")) continue;
      if (!scanner.take("}")) throw scanner.fail(", or }");
      return;
    }
  }

  #nextIndex(): number {
    const index = this.#labels.length;
    if (index === this.#values.length) {
      this.#values = grown(this.#values);
      this.#timestamps = grown(this.#timestamps);
    }
    return index;
  }
}

function readValue(scanner: LineScanner): number {
  const before = scanner.rest;
  const value = parseFloat64(scanner.word());
  if (value !== null) return value;
  throw scanner.failAt(before, "a sample value");
}

/** NaN when there is none. */
function readTimestamp(scanner: LineScanner): number {
  if (scanner.isAtEnd) return Number.NaN;
  const before = scanner.rest;
  const word = scanner.word();
  const ms = /^[+-]?\d{1,16}$/.test(word) ? Number(word) : Number.NaN;
  if (ms >= TIMESTAMP_MS_MIN && ms <= TIMESTAMP_MS_MAX) return ms;
  throw scanner.failAt(before, "a timestamp in whole milliseconds");
}

function grown(column: Float64Array): Float64Array {
  const larger = new Float64Array(column.length * 2);
  larger.set(column);
  return larger;
}
