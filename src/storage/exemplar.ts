/**
 * Exemplars as readers get them: samples that name the event behind them, usually by a trace id.
 * They are few and for people to look at, so they are objects.
 */
import type { Labels } from "#model/labels.ts";
import type { Matcher } from "#model/matcher.ts";
import type { TenantId } from "#model/refs.ts";
import type { TimeRange } from "./queryable.ts";

export interface Exemplar {
  readonly labels: Labels;
  readonly value: number;
  readonly timestampMs: number;
}

export interface ExemplarSeries {
  readonly labels: Labels;
  /** In time order, at least one. */
  readonly exemplars: readonly Exemplar[];
}

export interface ExemplarSelect extends TimeRange {
  readonly tenant: TenantId;
  /** A series is wanted when all matchers of any selector hold. */
  readonly selectors: readonly (readonly Matcher[])[];
}

export interface ExemplarSource {
  /** In label order. */
  exemplars(select: ExemplarSelect): Promise<readonly ExemplarSeries[]>;
}
