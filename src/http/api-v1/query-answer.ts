/** What both query endpoints do with their text before and with their result after. */
import { EngineError } from "#base/engine-error.ts";
import { PROMQL_PARSE } from "#promql/promql-errors.ts";
import type { QueryResult } from "#promql/query-result.ts";
import type { MissingParts } from "#storage/missing-parts.ts";
import type { ApiAnswer } from "../doors.ts";
import { badParameter } from "./api-errors.ts";
import type { ApiParams } from "./api-params.ts";
import type { ApiScope } from "./api-scope.ts";
import { successAnswer } from "./success-answer.ts";
import { writeResult } from "./write-result.ts";
import { writeStats } from "./write-stats.ts";

export const TRUNCATED = "results truncated due to limit";

/** The options of a query that both endpoints take. */
export function queryOptions(
  params: ApiParams,
  scope: ApiScope,
): { timeoutMs: number; lookbackMs?: number } {
  const lookbackMs = params.durationMs("lookback_delta");
  const timeoutMs = Math.min(params.durationMs("timeout") ?? scope.timeoutMs, scope.timeoutMs);
  return lookbackMs === null ? { timeoutMs } : { timeoutMs, lookbackMs };
}

/** Runs `evaluate`, which fills `missing`; a parse error becomes one of the `query` parameter. */
export async function queryAnswer(
  evaluate: () => Promise<QueryResult>,
  missing: MissingParts | null,
  params: ApiParams,
  scope: ApiScope,
  signal: AbortSignal,
): Promise<ApiAnswer> {
  const seriesMax = params.limit();
  const result = await evaluate().catch((error: unknown) => {
    const isParse = error instanceof EngineError && error.code === PROMQL_PARSE.code;
    throw isParse ? badParameter("query", error.message) : error;
  });
  const isList = result.kind === "vector" || result.kind === "matrix";
  const isCut = isList && result.labels.length > seriesMax;
  const warnings = isCut ? [...result.warnings, TRUNCATED] : result.warnings;
  const pace = { yieldTurn: scope.yieldTurn, signal };
  const hasStats = params.text("stats") !== "";
  return successAnswer(
    async (json) => {
      json.raw("{");
      await writeResult(json, result, seriesMax, pace);
      if (hasStats) writeStats(json, result.stats);
      json.raw("}");
    },
    { warnings, infos: result.infos, isPartial: missing?.isEmpty === false },
  );
}
