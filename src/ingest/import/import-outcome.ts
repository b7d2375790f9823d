/** What became of an import that was read to its end. */
import type { Rejection } from "#storage/body-appender.ts";

export interface BadLine {
  /** From 1. */
  readonly number: number;
  readonly reason: string;
}

/** Samples of good lines that storage refused. */
export interface RefusedSample {
  /** The lines that were stored together with it. */
  readonly firstLine: number;
  readonly lastLine: number;
  readonly rejection: Rejection;
  /** Samples it stands for. */
  readonly count: number;
}

export interface ImportOutcome {
  readonly lineCount: number;
  readonly samplesWritten: number;
  readonly badLineCount: number;
  /** The first few. */
  readonly badLines: readonly BadLine[];
  readonly refusedCount: number;
  /** The first few. */
  readonly refused: readonly RefusedSample[];
}
