/**
 * The Prometheus text format 0.0.4. A page is all or nothing: one malformed line refuses it, because
 * half a page would look like vanished series. Lines end in `\n`; a `\r` before it is dropped.
 */
import type { Labels } from "#model/labels.ts";
import { expositionError } from "./exposition-errors.ts";
import { EXPOSITION_LIMITS_DEFAULT, type ExpositionLimits } from "./exposition-limits.ts";
import type { ExpositionPage } from "./exposition-page.ts";
import { FamilyList } from "./family-list.ts";
import { LineScanner } from "./line-scanner.ts";
import { readSampleLine } from "./sample-line.ts";

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
    const { labels, value, timestampMs } = readSampleLine(scanner, this.#limits.labelsMax);
    const index = this.#nextIndex();
    this.#values[index] = value;
    this.#timestamps[index] = timestampMs;
    this.#labels.push(labels);
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

function grown(column: Float64Array): Float64Array {
  const larger = new Float64Array(column.length * 2);
  larger.set(column);
  return larger;
}
