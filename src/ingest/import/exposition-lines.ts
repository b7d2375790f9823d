/** The text format of metrics pages, line by line: a bad line does not refuse the others. */
import { EngineError } from "#base/engine-error.ts";
import { EXPOSITION_LIMITS_DEFAULT } from "../exposition/exposition-limits.ts";
import { LineScanner } from "../exposition/line-scanner.ts";
import { readSampleLine } from "../exposition/sample-line.ts";
import { LineFault } from "./line-fault.ts";
import type { LineReader } from "./line-reader.ts";

/** What an error text says before its cause; the line is told by its own number. */
const PREFIX = /^cannot read metrics: line \d+: /;

export const EXPOSITION_LINES: LineReader = {
  read(line, nowMs) {
    const scanner = new LineScanner(line, 1, EXPOSITION_LIMITS_DEFAULT).blanks();
    if (scanner.isAtEnd || scanner.take("#")) return [];
    try {
      const { labels, value, timestampMs } = readSampleLine(
        scanner,
        EXPOSITION_LIMITS_DEFAULT.labelsMax,
      );
      const ms = Number.isNaN(timestampMs) ? nowMs : timestampMs;
      return [{ labels, values: Float64Array.of(value), timestamps: Float64Array.of(ms) }];
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      throw new LineFault(error.message.replace(PREFIX, ""), { cause: error });
    }
  },
};
