/**
 * The door to PromQL: text in, columns out. An `Engine` holds no state between queries; one serves
 * any number of queries at a time on its thread. It yields between slices of work, so a long query
 * neither blocks its thread nor outlives its signal.
 */
import { EngineError } from "#base/engine-error.ts";
import type { TenantId } from "#model/refs.ts";
import type { Clock } from "#runtime/ports/clock.ts";
import type { Queryable } from "#storage/queryable.ts";
import type { QueryFeatures, QueryLimits } from "./query-options.ts";
import type { QueryResult } from "./query-result.ts";

export interface EngineOptions {
  readonly queryable: Queryable;
  readonly clock: Clock;
  readonly features: QueryFeatures;
  readonly limits: QueryLimits;
  readonly lookbackMs: number;
  readonly defaultSubqueryStepMs: number;
  /** Lets the event loop turn once, so that signals can arrive; without it only promises run. */
  readonly yieldTurn?: () => Promise<void>;
}

export interface InstantQuery {
  readonly tenant: TenantId;
  readonly text: string;
  readonly timeMs: number;
  readonly lookbackMs?: number;
  readonly timeoutMs?: number;
}

export interface RangeQuery {
  readonly tenant: TenantId;
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly lookbackMs?: number;
  readonly timeoutMs?: number;
}

const NOT_THERE_YET = {
  code: "promql.not-there-yet",
  retryable: false,
  http: 501,
  description: "The evaluator is not part of this version.",
};

export class Engine {
  readonly #options: EngineOptions;

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  instant(query: InstantQuery, signal: AbortSignal): Promise<QueryResult> {
    return this.#refuse(query.text, signal);
  }

  range(query: RangeQuery, signal: AbortSignal): Promise<QueryResult> {
    return this.#refuse(query.text, signal);
  }

  #refuse(text: string, signal: AbortSignal): Promise<never> {
    signal.throwIfAborted();
    const { lookbackMs } = this.#options;
    const message = `cannot evaluate ${text}: the evaluator is not there yet`;
    return Promise.reject(new EngineError(NOT_THERE_YET, message, { data: { lookbackMs } }));
  }
}
