/** What a script consists of, after parsing. Lines count from 1. */
import type { Labels } from "#model/labels.ts";
import type { LoadedSeries } from "./classic-to-native.ts";
import type { SequenceValue } from "./sequence-value.ts";

export interface ClearCommand {
  readonly kind: "clear";
}

export interface LoadCommand {
  readonly kind: "load";
  readonly line: number;
  readonly series: readonly LoadedSeries[];
  /** Also convert classic histograms to native ones with custom buckets. */
  readonly withNative: boolean;
}

export type TextExpectation =
  | { readonly kind: "any" }
  | { readonly kind: "exactly"; readonly text: string }
  /** RE2, found anywhere. */
  | { readonly kind: "matching"; readonly pattern: string };

export interface ExpectedSeries {
  readonly labels: Labels;
  /** From 1, as `expect ordered` counts. */
  readonly position: number;
  readonly values: readonly SequenceValue[];
}

export interface EvalCommand {
  readonly kind: "eval";
  readonly line: number;
  readonly text: string;
  readonly isRange: boolean;
  /** Instant queries run at `startMs`. */
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  /** The result is a matrix of an instant query; its times are `startMs + i * stepMs`. */
  readonly expectsRangeVector: boolean;
  readonly ordered: boolean;
  readonly fail: readonly TextExpectation[];
  readonly warn: readonly TextExpectation[];
  readonly info: readonly TextExpectation[];
  readonly noWarn: boolean;
  readonly noInfo: boolean;
  readonly expectedString: string | null;
  readonly expectedScalar: number | null;
  readonly series: readonly ExpectedSeries[];
}

export type ScriptCommand = ClearCommand | LoadCommand | EvalCommand;
