/**
 * Evaluates a parsed query over a window. The step between the engine, which has text, and the
 * operators, which have plans; scripts enter here with trees they have changed.
 */
import type { TenantId } from "#model/refs.ts";
import type { MissingParts } from "#storage/missing-parts.ts";
import type { QueryWindow } from "./analyze/query-window.ts";
import { resolveQuery } from "./analyze/resolve-query.ts";
import { Annotations, renderAnnotations } from "./annotations.ts";
import { gridOf, singleStep } from "./columns/step-grid.ts";
import type { EngineOptions } from "./engine.ts";
import { rangeColumns, removeMarkedNames, stepColumns, vectorColumns } from "./finish-result.ts";
import { Budget } from "./budget.ts";
import { evaluateScalar, evaluateVector } from "./operators/evaluate.ts";
import type { EvalContext } from "./operators/eval-context.ts";
import { Pace } from "./pace.ts";
import { evaluateRange } from "./operators/range-result.ts";
import type { Expr } from "./parse/ast.ts";
import { buildPlan } from "./plan/build-plan.ts";
import type { QueryPlan } from "./plan/plan-node.ts";
import type { QueryResult } from "./query-result.ts";

export interface QueryRequest {
  readonly tenant: TenantId;
  readonly text: string;
  readonly window: QueryWindow;
  readonly lookbackMs: number;
  readonly timeoutMs: number;
  readonly missing: MissingParts | null;
}

export async function evaluateQuery(
  expr: Expr,
  request: QueryRequest,
  options: EngineOptions,
  signal: AbortSignal,
): Promise<QueryResult> {
  const { clock, features, limits, queryable, leaves = null } = options;
  const startedMs = clock.monoMs();
  const { tenant, lookbackMs, timeoutMs, missing } = request;
  const yieldTurn = options.yieldTurn ?? (() => Promise.resolve());
  const pace = new Pace({ clock, signal, timeoutMs, yieldTurn });
  const plan = buildPlan(resolveQuery(expr, request.window, request.text), options);
  const preparedMs = clock.monoMs();
  // A plan hundreds of levels deep takes a while.
  if (pace.isDue()) await pace.pause();
  const annotations = new Annotations();
  const budget = new Budget(limits);
  const reads = { tenant, queryable, leaves, missing, signal, lookbackMs };
  const context = { ...reads, features, annotations, budget, pace };
  const answer = await evaluatePlan(plan, request.window, context);
  for (const warning of missing?.warnings ?? []) annotations.foreign("warning", warning);
  const found = annotations.list();
  return {
    ...answer,
    annotations: found,
    warnings: renderAnnotations(found, "warning", request.text),
    infos: renderAnnotations(found, "info", request.text),
    stats: {
      samplesRead: budget.samplesRead,
      peakSamples: budget.peakSamples,
      seriesRead: budget.seriesRead,
      prepareMs: preparedMs - startedMs,
      evalMs: clock.monoMs() - preparedMs,
    },
  };
}

type Answer<Result = QueryResult> = Result extends QueryResult
  ? Omit<Result, "annotations" | "warnings" | "infos" | "stats">
  : never;

async function evaluatePlan(
  query: QueryPlan,
  { startMs, endMs, stepMs }: QueryWindow,
  context: EvalContext,
): Promise<Answer> {
  const isInstant = stepMs === 0;
  const grid = isInstant ? singleStep(startMs) : gridOf(startMs, endMs, stepMs);
  const { delayedNameRemoval } = context.features;
  switch (query.type) {
    case "string":
      return { kind: "string", timestampMs: startMs, value: query.value };
    case "matrix": {
      const rows = await evaluateRange(query.plan, context, grid);
      return { kind: "matrix", ...rangeColumns(rows, delayedNameRemoval) };
    }
    case "scalar": {
      if (isInstant) {
        const values = await evaluateScalar(query.plan, context, grid);
        return { kind: "scalar", timestampMs: startMs, value: values[0]! };
      }
      const asVector = { kind: "vector-of", scalar: query.plan } as const;
      const matrix = await evaluateVector(asVector, context, grid);
      return { kind: "matrix", ...(await stepColumns(matrix, context.pace)) };
    }
    case "vector": {
      const evaluated = await evaluateVector(query.plan, context, grid);
      const matrix = delayedNameRemoval
        ? await removeMarkedNames(evaluated, context.pace)
        : evaluated;
      if (isInstant) {
        const columns = await vectorColumns(matrix, context.pace);
        return { kind: "vector", timestampMs: startMs, ...columns };
      }
      return { kind: "matrix", ...(await stepColumns(matrix, context.pace)) };
    }
  }
}
