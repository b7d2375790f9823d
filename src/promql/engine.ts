/**
 * The door to PromQL: text in, columns out. An `Engine` holds no state between queries; one serves
 * any number of queries at a time on its thread. It yields between slices of work, so a long query
 * neither blocks its thread nor outlives its signal.
 */
import { EngineError } from "#base/engine-error.ts";
import type { TenantId } from "#model/refs.ts";
import type { Clock } from "#runtime/ports/clock.ts";
import type { MissingParts } from "#storage/missing-parts.ts";
import type { Queryable } from "#storage/queryable.ts";
import type { QueryWindow } from "./analyze/query-window.ts";
import { evaluateQuery } from "./evaluate-query.ts";
import type { LeafSource } from "./leaf/leaf-source.ts";
import type { Expr } from "./parse/ast.ts";
import { parsePromql } from "./parse/parse-promql.ts";
import { typeName, typeOf } from "./parse/type-of.ts";
import { PROMQL_RANGE_TYPE } from "./query-errors.ts";
import type { QueryFeatures, QueryLimits } from "./query-options.ts";
import type { QueryResult } from "./query-result.ts";

export interface EngineOptions {
  readonly queryable: Queryable;
  /** Works parts of queries out next to the data that `queryable` reads. */
  readonly leaves?: LeafSource;
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
  /** Takes note of what storage cannot read; without it the query fails then. */
  readonly missing?: MissingParts | null;
}

export interface RangeQuery {
  readonly tenant: TenantId;
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly lookbackMs?: number;
  readonly timeoutMs?: number;
  readonly missing?: MissingParts | null;
}

export class Engine {
  readonly #options: EngineOptions;

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  async instant(query: InstantQuery, signal: AbortSignal): Promise<QueryResult> {
    const window = { startMs: query.timeMs, endMs: query.timeMs, stepMs: 0 };
    return this.evaluate(this.parse(query.text), query, window, signal);
  }

  async range(query: RangeQuery, signal: AbortSignal): Promise<QueryResult> {
    const { startMs, endMs, stepMs } = query;
    return this.evaluate(this.parse(query.text), query, { startMs, endMs, stepMs }, signal);
  }

  parse(text: string): Expr {
    const { features } = this.#options;
    return parsePromql(text, {
      experimentalFunctions: features.experimentalFunctions,
      durationExpressions: features.durationExpressions,
      fillModifiers: features.binaryFill,
      extendedRangeSelectors: features.extendedRangeSelectors,
    });
  }

  /** Evaluates a tree that belongs to `query.text`; step 0 makes it an instant query. */
  evaluate(
    expr: Expr,
    query: Pick<InstantQuery, "tenant" | "text" | "lookbackMs" | "timeoutMs" | "missing">,
    window: QueryWindow,
    signal: AbortSignal,
  ): Promise<QueryResult> {
    const type = typeOf(expr);
    if (window.stepMs !== 0 && type !== "scalar" && type !== "vector") {
      throw new EngineError(
        PROMQL_RANGE_TYPE,
        `invalid expression type "${typeName(type)}" for range query, ` +
          "must be Scalar or instant Vector",
      );
    }
    const { lookbackMs, limits } = this.#options;
    const request = {
      tenant: query.tenant,
      text: query.text,
      window,
      lookbackMs: query.lookbackMs ?? lookbackMs,
      timeoutMs: Math.min(query.timeoutMs ?? limits.timeoutMs, limits.timeoutMs),
      missing: query.missing ?? null,
    };
    return evaluateQuery(expr, request, this.#options, signal);
  }
}
