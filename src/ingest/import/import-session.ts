/**
 * One import: bytes in as they come, lines out of them, series out of lines, batches to storage. At
 * most two batches are on their way, so an import of any length takes a few megabytes, and the
 * client is read as fast as storage takes what it sends. A bad line costs that line only.
 */
import { wordsOf } from "#model/staleness.ts";
import { describeSeries, encodeLabels } from "#model/canonical-labels.ts";
import type { Labels } from "#model/labels.ts";
import type { BodyVerdict } from "#storage/body-appender.ts";
import { VERDICT_RETENTION } from "#storage/verdict.ts";
import { WriteRequestBuilder } from "../prometheus-remote-write/write-request-builder.ts";
import { checkLabels } from "./check-labels.ts";
import { mergeLabels } from "./extra-labels.ts";
import {
  BAD_LINES_TOLD_MAX,
  BATCH_BYTES_MAX,
  BATCHES_IN_FLIGHT_MAX,
  LINE_BYTES_MAX,
} from "./import-limits.ts";
import type { BadLine, ImportOutcome, RefusedSample } from "./import-outcome.ts";
import type { ImportSeries } from "./import-series.ts";
import { type ImportPorts, type ImportSender, ImportStore } from "./import-store.ts";
import { LineFault } from "./line-fault.ts";
import type { LineReader } from "./line-reader.ts";
import { LineSplitter, type SplitLine } from "./line-splitter.ts";
import { type RetainedSeries, withinRetention } from "./within-retention.ts";

export interface ImportOptions extends ImportSender {
  readonly reader: LineReader;
  /** Put on every series, in place of its own labels of these names. */
  readonly extraLabels: Labels;
  /** Time of samples that come without one; null: the time at which their line is read. */
  readonly timestampMs: number | null;
  /** The longest that anything is kept; Infinity without an end. */
  readonly retentionMs: number;
}

interface Batch {
  readonly firstLine: number;
  readonly lastLine: number;
  readonly verdict: Promise<BodyVerdict>;
}

export class ImportSession {
  readonly #ports: ImportPorts;
  readonly #options: ImportOptions;
  readonly #store: ImportStore;
  readonly #splitter = new LineSplitter(LINE_BYTES_MAX);
  readonly #builder: WriteRequestBuilder;
  /** Oldest first. */
  readonly #inFlight: Batch[] = [];
  readonly #badLines: BadLine[] = [];
  readonly #refused: RefusedSample[] = [];
  #firstLine = 1;
  #line = 0;
  #durableLine = 0;
  #badLineCount = 0;
  #refusedCount = 0;
  #samplesWritten = 0;

  constructor(ports: ImportPorts, options: ImportOptions) {
    this.#ports = ports;
    this.#options = options;
    this.#store = new ImportStore(ports, options);
    const { bodyBytesMax, decodedBytesMax } = ports.appender;
    this.#builder = new WriteRequestBuilder(
      Math.min(BATCH_BYTES_MAX, bodyBytesMax, decodedBytesMax),
    );
  }

  /** Every line up to here is durable, or was named as bad: what a client need not send again. */
  get durableLine(): number {
    return this.#durableLine;
  }

  /** Resolves when there is room for more. Rejects with an `EngineError`. */
  async push(chunk: Uint8Array): Promise<void> {
    this.#splitter.feed(chunk);
    for (let line = this.#splitter.next(); line !== null; line = this.#splitter.next()) {
      await this.#take(line);
    }
  }

  /** Resolves when everything is durable. */
  async end(): Promise<ImportOutcome> {
    const last = this.#splitter.end();
    if (last !== null) await this.#take(last);
    this.#send();
    while (this.#inFlight.length > 0) await this.#settle();
    return {
      lineCount: this.#line,
      samplesWritten: this.#samplesWritten,
      badLineCount: this.#badLineCount,
      badLines: this.#badLines,
      refusedCount: this.#refusedCount,
      refused: this.#refused,
    };
  }

  #take(line: SplitLine): Promise<void> | undefined {
    this.#line = line.number;
    try {
      if (line.fault !== null) throw new LineFault(line.fault);
      const nowMs = this.#options.timestampMs ?? this.#ports.clock.wallMs();
      const series = this.#options.reader.read(line.text, nowMs).map((one) => this.#checked(one));
      return this.#add(series);
    } catch (error) {
      if (!(error instanceof LineFault)) throw error;
      this.#badLineCount++;
      if (this.#badLines.length < BAD_LINES_TOLD_MAX) {
        this.#badLines.push({ number: line.number, reason: error.message });
      }
      return undefined;
    }
  }

  /** Before anything of the line is kept: a line is taken whole or not at all. */
  #checked(series: ImportSeries): ImportSeries {
    const { extraLabels } = this.#options;
    const labels =
      extraLabels.length === 0 ? series.labels : mergeLabels(series.labels, extraLabels);
    checkLabels(labels);
    if (!this.#builder.canHold(labels)) {
      throw new LineFault("got labels that are larger than a write request may be");
    }
    const { retentionMs } = this.#options;
    if (retentionMs === Number.POSITIVE_INFINITY) return { ...series, labels };
    const oldestMs = this.#ports.clock.wallMs() - retentionMs;
    const kept = withinRetention({ ...series, labels }, oldestMs);
    if (kept.oldCount > 0) this.#noteOld(kept);
    return kept.series;
  }

  #noteOld({ series, oldCount, firstOldMs }: RetainedSeries): void {
    this.#refusedCount += oldCount;
    const rejection = {
      verdict: VERDICT_RETENTION,
      series: describeSeries(encodeLabels(series.labels)),
      timestampMs: firstOldMs,
      detail: `${oldCount} samples`,
    };
    const line = this.#line;
    this.#tell({ firstLine: line, lastLine: line, rejection, count: oldCount });
  }

  /** Undefined when everything found room at once, which spares most lines a turn. */
  #add(series: readonly ImportSeries[]): Promise<void> | undefined {
    for (const [index, { labels, values, timestamps }] of series.entries()) {
      const run = { valueWords: wordsOf(values), timestamps, from: 0, to: values.length };
      const next = this.#builder.add(labels, run);
      if (next < run.to) return this.#addRest(series.slice(index), next);
    }
    return undefined;
  }

  async #addRest(series: readonly ImportSeries[], start: number): Promise<void> {
    let from = start;
    for (const { labels, values, timestamps } of series) {
      const valueWords = wordsOf(values);
      while (from < values.length) {
        from = this.#builder.add(labels, { valueWords, timestamps, from, to: values.length });
        if (from < values.length) await this.#flush();
      }
      from = 0;
    }
  }

  async #flush(): Promise<void> {
    this.#send();
    while (this.#inFlight.length >= BATCHES_IN_FLIGHT_MAX) await this.#settle();
  }

  #send(): void {
    const firstLine = this.#firstLine;
    this.#firstLine = this.#line;
    if (this.#builder.length === 0) return;
    const verdict = this.#store.store(this.#builder.take());
    // It is looked at when it is the oldest; until then a failure waits.
    verdict.catch(() => {});
    this.#inFlight.push({ firstLine, lastLine: this.#line, verdict });
  }

  async #settle(): Promise<void> {
    const batch = this.#inFlight[0]!;
    const verdict = await batch.verdict;
    this.#inFlight.shift();
    const { firstLine, lastLine } = batch;
    // The last line may go on in the next batch.
    this.#durableLine = lastLine - 1;
    this.#samplesWritten += verdict.samplesWritten;
    this.#refusedCount += verdict.rejectedCount;
    for (const rejection of verdict.rejections) {
      this.#tell({ firstLine, lastLine, rejection, count: 1 });
    }
  }

  /** One of each kind is always told: the kind decides how the import is answered. */
  #tell(refused: RefusedSample): void {
    const { verdict } = refused.rejection;
    const isTold = this.#refused.some(({ rejection }) => rejection.verdict === verdict);
    if (this.#refused.length < BAD_LINES_TOLD_MAX || !isTold) this.#refused.push(refused);
  }
}
