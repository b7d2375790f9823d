/**
 * What a query answers with, as columns: whoever encodes it (HTTP, rules, a script) walks typed
 * arrays and never sees an object per sample. A result owns its arrays; they may be transferred.
 * Instant vectors carry one sample per series at `timestampMs`; matrices are laid out like
 * `SeriesBatch`, and their series come in label order.
 */
import type { FloatHistogram } from "#model/float-histogram.ts";
import type { Labels } from "#model/labels.ts";
import type { Annotation } from "./annotations.ts";

export interface QueryStats {
  /** Samples taken from storage, a histogram counted by its size. */
  readonly samplesRead: number;
  /** Largest number of samples held at once. */
  readonly peakSamples: number;
  readonly seriesRead: number;
  readonly prepareMs: number;
  readonly evalMs: number;
}

interface ResultCommon {
  /** Rendered with their place in the query, ` (line:col)`; unlimited, the edge cuts them. */
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
  /** The same findings before rendering, warnings and infos together. */
  readonly annotations: readonly Annotation[];
  readonly stats: QueryStats;
}

export interface ScalarResult extends ResultCommon {
  readonly kind: "scalar";
  readonly timestampMs: number;
  readonly value: number;
}

export interface StringResult extends ResultCommon {
  readonly kind: "string";
  readonly timestampMs: number;
  readonly value: string;
}

export interface VectorResult extends ResultCommon {
  readonly kind: "vector";
  readonly timestampMs: number;
  readonly labels: readonly Labels[];
  /** One per series; 0 where `histograms` has a value. */
  readonly values: Float64Array;
  /** Index-aligned with `values`; null when no sample is a histogram. */
  readonly histograms: readonly (FloatHistogram | null)[] | null;
}

export interface MatrixResult extends ResultCommon {
  readonly kind: "matrix";
  readonly labels: readonly Labels[];
  /** Series `i` owns samples `sampleStart[i] .. sampleStart[i + 1] - 1`. */
  readonly sampleStart: Uint32Array;
  readonly timestamps: Float64Array;
  readonly values: Float64Array;
  readonly histograms: readonly (FloatHistogram | null)[] | null;
}

export type QueryResult = ScalarResult | StringResult | VectorResult | MatrixResult;
